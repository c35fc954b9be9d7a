# Begriffslisten. Die Begriffe selbst sind in jeder Sprache englisch.

sets-button = Listen
sets-title = Begriffslisten
sets-keep = Zu den jetzigen Begriffen hinzufügen

# Listen, die zur Seite gehören, und woher sie kommen.
sets-ready-made = Fertige Listen
sets-everyday = Alltagsdinge
sets-scenes = Orte
sets-documents = Arten von Dokumenten
sets-colours = Farben
sets-moods = Stimmungen
sets-weather = Wetter
sets-source-ours = unsere eigene Liste
sets-source-imagenet = ImageNet-1k in den Worten von OpenAI
sets-missing =
    Die Liste konnte nicht geladen werden; versuchen Sie es noch einmal, wenn eine Verbindung besteht.

# Listen, die Sie gespeichert haben.
sets-mine = Eigene Listen
sets-name = Name für die jetzigen Begriffe
sets-save = Speichern
sets-undo = Rückgängig
sets-delete = { $name } löschen
sets-saved = Die Liste ist in diesem Browser gespeichert.
sets-deleted = „{ $name }“ ist gelöscht.
sets-restored = Die Liste ist wieder da.
sets-no-name = Geben Sie der Liste zuerst einen Namen.
sets-no-label = Es gibt noch keinen Begriff zum Speichern.
sets-same-name =
    Eine Liste mit diesem Namen gibt es schon; wählen Sie einen anderen Namen, oder löschen Sie sie zuerst.
sets-not-stored =
    Der Browser hat die Liste nicht gespeichert; sichern Sie die Begriffe stattdessen als Datei.

# Listen in Dateien.
sets-files = Dateien
sets-import = Datei öffnen …
sets-export = Als Datei sichern
sets-file = Datei mit Begriffen
sets-files-hint =
    CSV, TSV oder Text, bis 1 MB, in UTF-8. Die Datei wird hier gelesen und nirgendwohin gesendet.
sets-nothing-to-export = Es gibt noch keinen Begriff zum Sichern.
sets-not-saved = Der Browser hat die Datei nicht gespeichert.
sets-file-large = Eine Begriffsliste darf { $most } haben; diese hat { $size }.
sets-file-utf16 =
    Diese Datei ist in UTF-16; speichern Sie sie als UTF-8, und öffnen Sie sie noch einmal.
sets-file-not-utf8 =
    Diese Datei ist kein Text in UTF-8; speichern Sie sie als „CSV UTF-8“, und öffnen Sie sie noch einmal.
sets-file-empty = In dieser Datei steht kein Begriff.
sets-file-unreadable =
    Die Datei konnte nicht gelesen werden; vielleicht wurde sie verschoben oder geändert.
