# Das Menü, das Antworten, Bilder und Einbettungen an andere Programme gibt.
take-away-answers = Die Antworten
take-away-csv = CSV speichern
take-away-json = JSON speichern
take-away-copy = Kopieren
take-away-pictures = Die Bilder, ein Ordner je Begriff
take-away-zip = ZIP speichern
take-away-folder = In einen Ordner schreiben …
take-away-embeddings = Die Einbettungen
take-away-npy = .npy speichern
take-away-safetensors = .safetensors speichern
take-away-print = Drucken

# Was daraus wurde.
take-away-copied = Kopiert. Fügen Sie es in eine Tabelle ein.
take-away-refused = Der Browser hat es nicht erlaubt; versuchen Sie einen anderen Weg.
take-away-zip-stopped = Die ZIP-Datei wurde nicht erstellt.
take-away-zip-failed =
    Die ZIP-Datei konnte nicht erstellt werden: Ein Bild ist nicht mehr da, oder der Speicher ist voll.
take-away-written = { $count ->
    [one] 1 Bild wurde geschrieben.
   *[other] { $count } Bilder wurden geschrieben.
}
take-away-stopped = Angehalten: { $written } von { $total } Bildern wurden geschrieben.
take-away-failed =
    Nicht alle Bilder konnten geschrieben werden: Eines ist nicht mehr da, oder der Speicher ist voll.
take-away-none-encoded =
    Noch ist kein Bild eingebettet; versuchen Sie es noch einmal, wenn eines fertig ist.
take-away-embeddings-failed =
    Der Browser hat die Einbettungen nicht gespeichert; versuchen Sie es noch einmal.

# In einer Datei, neben einem Bild: warum seine Antwort fehlt.
take-away-no-answer = Es hat noch keine Antwort.
