# Was zu den Bildern gefragt wird: Begriffe, eine Suche oder Bildbeschreibungen.

# Die Reiter.
modes-title = Was die Seite tut
modes-sort = Sortieren
modes-search = Suchen
modes-match = Vergleichen

# Die Begriffe und das Feld, das einen hinzufügt.
labels-title = Begriffe
labels-used = Verwendete Begriffe
labels-add = Begriff auf Englisch
# Begriffe, die auf der Seite keinen Platz haben.
labels-hidden = und { $count } weitere
labels-keys =
    Pfeiltasten gehen von Begriff zu Begriff. Die Eingabetaste ändert einen Begriff, Entf entfernt ihn.
labels-edit = { $label } ändern
labels-edit-field = Begriff ändern
labels-remove = { $label } entfernen
labels-too-long = Zu lang für das Modell: Nur der Anfang zählt.

# Die Zeile darunter.
labels-clear = Leeren
labels-more = Mehr
labels-count = { $count ->
    [one] 1 Begriff
   *[other] { $count } Begriffe
}
labels-hint =
    Die Eingabetaste oder ein Komma fügt einen Begriff hinzu; eine eingefügte Liste bringt viele auf
    einmal.

# Der Satz um jeden Begriff. Das Modell liest ihn, also ist er englisch.
labels-prompt = Satz
labels-prompt-own = Eigener Satz
labels-prompt-7 = 7 Sätze (OpenAI, kurze Liste)
labels-prompt-80 = 80 Sätze (OpenAI, ImageNet)
labels-prompt-used = Die verwendeten Sätze
# Folgt auf die beiden Klammern.
labels-prompt-hint = steht für den Begriff; der Satz sollte englisch sein.
# $found ist der Platzhalter eines anderen Programms, etwa %s.
labels-prompt-mistaken = Schreiben Sie { "{}" } statt { $found }, wo der Begriff stehen soll.
labels-prompt-average = Verwendet wird der Durchschnitt aller { $count } Sätze.

# Die Wahl einer Antwort, die kein Begriff ist, und deren Name.
labels-offer-none = „Nichts davon“ zulassen
labels-offer-none-hint =
    Fügt „something else“ (etwas anderes) als weiteren Begriff hinzu. Gewinnt er, passt kein anderer gut;
    das ist ein Hinweis, keine Messung.
none-of-these = nichts davon

# Die Wahl, aus Bildern zu lernen, die zu Begriffen verschoben wurden.
labels-learn = { $count ->
    [one] Aus dem verschobenen Bild lernen
   *[other] Aus den { $count } verschobenen Bildern lernen
}
labels-learn-hint = Die Begriffe richten sich dann auch nach den Beispielen. Ein Bild auf einen Begriff ziehen fügt eines hinzu.

# Ein Link zu den Begriffen.
labels-copy-link = Link kopieren
labels-copy-link-hint = Öffnet Glance mit diesen Begriffen und diesem Satz. Bilder enthält er nicht.
labels-link = Link zu diesen Begriffen
labels-link-copied = Der Link ist kopiert.
labels-link-copied-long = Der Link ist kopiert. Er ist lang, und manche Programme kürzen lange Links.
labels-link-not-copied = Der Browser hat nicht kopiert; der Link steht unter der Schaltfläche.

# Begriffe, die ein Link mitbringt. $labels sind die ersten, mit Punkt oder Auslassungspunkten.
labels-linked = { $count ->
    [one] Dieser Link bringt 1 Begriff: { $labels }
   *[other] Dieser Link bringt { $count } Begriffe: { $labels }
}
labels-linked-cut = Er hat mehr, aber die Seite bewertet höchstens { $most }.
labels-linked-use = Übernehmen
labels-linked-refuse = Meine behalten

# Wird gesagt, wenn alle Begriffe ersetzt werden.
labels-removed = { $count ->
    [one] Der Begriff ist entfernt.
   *[other] Alle { $count } Begriffe sind entfernt.
}
labels-now = { $count ->
    [one] Jetzt wird 1 Begriff verwendet.
   *[other] Jetzt werden { $count } Begriffe verwendet.
}
labels-full =
    Nur die ersten { $most } Begriffe werden verwendet: Mehr bewertet die Seite nicht auf einmal.

# Die Suche.
search-title = In diesen Bildern suchen (auf Englisch)
search-hint = Die Bilder ordnen sich, während Sie schreiben, die ähnlichsten zuerst.
# Darauf folgt der Name eines Bildes.
search-like = Bilder wie
search-by-text = Wieder nach Text suchen
search-too-long = Zu lang für das Modell: Nur der Anfang zählt.

# Bildbeschreibungen und ihre Tabelle mit den Bildern.
captions-title = Bildbeschreibungen auf Englisch, eine je Zeile
captions-hint = Jedes Bild wird mit jeder Bildbeschreibung verglichen.
captions-count = { $count ->
    [one] 1 Bildbeschreibung
   *[other] { $count } Bildbeschreibungen
}
captions-full = { $most } Bildbeschreibungen, mehr fasst eine Tabelle nicht
captions-missing =
    Schreiben Sie Bildbeschreibungen auf Englisch, oder fügen Sie welche ein, um sie mit den Bildern zu
    vergleichen.
captions-waiting = Die Tabelle erscheint, wenn das erste Bild fertig ist.
captions-too-long = Zu lang: Nur der Anfang zählt.
captions-table = Bilder und Bildbeschreibungen
captions-more = { $step } von { $left } weiteren Bildern zeigen
captions-picture = Bild
captions-best-caption = Beste Bildbeschreibung dieses Bildes
captions-best-picture = Bestes Bild dieser Bildbeschreibung
captions-table-hint =
    Kosinus von Bild und Bildbeschreibung. → zeigt die beste Bildbeschreibung eines Bildes, ↓ das beste
    Bild einer Bildbeschreibung.
