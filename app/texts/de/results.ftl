# Die Zeile über den Bildern.
results-title = Bilder
results-pictures = { $count ->
    [one] 1 Bild
   *[other] { $count } Bilder
}
take-away-title = Mitnehmen
results-remove-all = Alle entfernen

# Wie viele Bilder wo sind; dazwischen steht ein Punkt.
results-sorted = { $count } sortiert
results-unsure = { $count } unsicher
results-waiting = { $count } wartend
results-failed = { $count } nicht lesbar

# Wie die Bilder angeordnet sind: Namen von Auswahllisten, jede mit ihren Einträgen.
results-arrange = Bilder anordnen
results-groups = Gruppen
results-by-label = Nach Begriffen gruppiert
results-copies = Fast gleich
results-alike = Ähnlich
results-not-grouped = Nicht gruppiert
results-order = Reihenfolge
results-by-sureness = Sicherste zuerst
results-by-name = Nach Namen
results-as-added = Wie hinzugefügt
results-show = Anzeigen
results-show-every = Alle
results-show-unsure = Unsichere
results-show-failed = Nicht lesbare
results-matches = Bildbeschreibungen und Bilder
results-by-caption = Nach Bildbeschreibungen
results-by-picture = Nach Bildern
results-as-table = Als Tabelle

# Ein Bild mit seiner Antwort.
results-open = { $name } öffnen
results-remove = { $name } entfernen
results-state-waiting = Wartet
results-state-running = Wird angesehen …
results-state-done = Fertig
results-no-label = Fügen Sie einen Begriff auf Englisch hinzu, um zu sehen, wie gut er passt.
results-no-usable-label = Keiner der Begriffe ist verwendbar.
results-none-of-these = Nichts davon
results-single-label = Ein einzelner Begriff bekommt immer 100 %: Nur sein Kosinus sagt etwas aus.
results-close-call = Nur knapp vor „{ $label }“.
# Vor und nach dem Begriff.
results-moved-to = Sie haben es zu „
results-moved-to-end = “ verschoben.
results-too-long = Zu lang: Nur der Anfang zählt.
# Vor einer Zahl, für Screenreader.
results-cosine = Kosinus
results-cosine-hint = Kosinus: wie nah Bild und Begriff einander sind, von −1 bis 1
# Alle Begriffe eines Bildes.
results-show-all = Alle { $total } zeigen

# Was getan wurde und sich rückgängig machen lässt.
undo-removed-one = „{ $name }“ wurde entfernt.
undo-removed = { $count } Bilder wurden entfernt.
undo-moved = { $count ->
    [one] 1 Bild wurde zu „{ $label }“ verschoben.
   *[other] { $count } Bilder wurden zu „{ $label }“ verschoben.
}
undo-labels = Die Begriffe wurden ersetzt.
