# Die Kamera.

camera-open = Kamera
camera-view = Kamera
camera-video = Livebild der Kamera
camera-sees = Was die Kamera sieht

# Anstelle der Begriffe über dem Video.

camera-waiting = Die Kamera wird geöffnet …
camera-no-labels = Fügen Sie einen Begriff auf Englisch hinzu, um zu sehen, wie er passt.
camera-not-ready = Das Modell ist noch nicht bereit.

# Schaltflächen. Anhalten zeigt ein Standbild, bis die Person weitermacht.

camera-keep = Dieses Bild behalten
camera-freeze = Anhalten
camera-go-on = Weiter
camera-switch = Kamera wechseln
camera-stop = Beenden
camera-stays-here = Nichts verlässt dieses Gerät.

# Was aus einem Bild wurde, das behalten werden soll. Der Name ist der seiner Datei.

camera-kept = { $name } wurde hinzugefügt.
camera-not-kept = Das Bild konnte nicht behalten werden; versuchen Sie es noch einmal.

# Warum es keine Kamera gibt.

camera-refused =
    Die Kamera ist nicht erlaubt; erlauben Sie sie in den Einstellungen des Browsers für diese Seite.
camera-missing = Es wurde keine Kamera gefunden.
camera-busy = Ein anderes Programm benutzt die Kamera.
camera-ended = Die Kamera läuft nicht mehr; schließen Sie sie wieder an, und öffnen Sie sie dann.
camera-failed = Die Kamera ließ sich nicht öffnen; versuchen Sie es noch einmal.
