# Was die Teile der Seite umgibt.

page-skip = Zu den Bildern springen
page-tagline = Benennt mit Ihren eigenen Worten, was auf einem Bild zu sehen ist.
page-question = Wonach gesucht wird

# Der Fuß der Seite.

about-here = Die Bilder verlassen dieses Gerät nie.
about-kept =
    Kleine Kopien davon und die Zahlen, die das Modell daraus berechnet hat, bleiben in diesem Browser,
    damit Sie später weitermachen können. Sie verschwinden, wenn Sie die Bilder entfernen oder vergessen
    lassen.
about-numbers =
    Die Prozente vergleichen nur die Begriffe, die Sie angeben: Sie sagen, welcher am besten passt, nicht,
    ob überhaupt einer passt. Der Kosinus daneben hängt nicht von den anderen Begriffen ab.
about-other-language = English

# Der Streifen oben: was gerade geschieht.

status-cancel = Abbrechen
status-retry = Noch einmal versuchen
status-progress = Fortschritt
status-packing = Bilder werden gepackt.
status-packing-step = Bild { $done } von { $total } wird gepackt
status-fetching = Bilder werden geholt.
status-fetching-step = Bild { $done } von { $total } wird geholt
# $name: der Name eines Ordners.
status-folder = { $name } wird gelesen.
status-folder-files = { $name } wird gelesen … { $count } Dateien
status-no-model = Das Modell ist nicht geladen; die Bilder warten.
status-loading = Das Modell wird geladen.
status-loading-of = Das Modell wird geladen: { $done } von { $total }
status-loading-so-far = Das Modell wird geladen: { $done }
status-reading-of = Das Modell wird gelesen: { $done } von { $total }
status-checking = Das Modell wird geprüft.
status-checking-of = Das Modell wird geprüft: { $done } von { $total }
status-other-tab = Dieses Modell wird schon in einem anderen Tab geladen; dieser Tab wartet darauf.
status-preparing = Das Modell wird vorbereitet …
status-starting = Das Programm startet …
status-looking = Die Bilder werden angesehen.
status-looking-step = Bild { $done } von { $total } wird angesehen
status-texts = Die Texte werden gelesen.
status-texts-step = Text { $done } von { $total } wird gelesen
status-stopped = Nach { $done } von { $total } Bildern angehalten.
status-stopped-failed = Nach { $done } von { $total } Bildern angehalten; { $failed } davon waren nicht lesbar.
status-ready = Bereit für Bilder.
status-done = { $count ->
    [one] 1 Bild fertig.
   *[other] { $count } Bilder fertig.
}
status-failed = { $count ->
    [one] Das Bild war nicht lesbar.
   *[other] Keines der { $count } Bilder war lesbar.
}
status-done-failed = { $count ->
    [one] 1 Bild fertig, { $failed } nicht lesbar.
   *[other] { $count } Bilder fertig, { $failed } nicht lesbar.
}

# Zurücknehmen, was zuletzt geschah, und eine neuere Fassung der Seite.

undo = Rückgängig
update-ready = Eine neue Fassung von Glance ist da.
update-ready-pictures = Eine neue Fassung von Glance ist da. Danach holt „Weitermachen“ die Bilder zurück.
update-now = Neu laden
update-later = Später

# Ein Teil der Seite, dessen Programm erst geholt wird, wenn er gezeigt wird.

part-loading = Wird geladen …
part-failed = Dieser Teil der Seite konnte nicht geladen werden.
part-retry = Noch einmal versuchen

# Tage, im Satz.

day-today = heute
day-yesterday = gestern
