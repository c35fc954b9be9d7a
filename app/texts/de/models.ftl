# Der Name des Modells in der Leiste oben, und die Zeile bei den Bildern.

models-title = Modelle
models-chip-title = Modelle: welches verwendet wird und wo es läuft
models-larger-near = Ein größeres CLIP-Modell ist einen Klick entfernt.
models-others = Andere Modelle

# Das Blatt mit den Modellen, das verwendete zuerst.

models-close = Schließen
models-in-use = In Gebrauch
models-not-ready = Das Modell ist noch nicht bereit.
# $runs ist ein Satz darüber, wo es läuft.
models-in-use-facts = Modell: { $name }, { $size }, { $license }. { $runs }
models-license-unknown = Lizenz unbekannt
models-use-own = Zurück zu Glances eigenem Modell

# Wo das Modell läuft.

device-label = Läuft auf
device-automatic = Automatisch
device-card = Grafikkarte
device-card-emulated = Grafikkarte (hier nachgebildet, langsam)
device-card-missing = Grafikkarte (keine in diesem Browser)
device-processor = Prozessor
# Hinter dem Namen des Modells.
device-on-card = Grafikkarte
device-on-processor = Prozessor

# Warum es dort läuft. $ratio ist eine Zahl wie 1,5.

device-why-card-chosen = Es läuft auf der Grafikkarte, wie Sie es gewählt haben.
device-why-processor-chosen = Es läuft auf dem Prozessor, wie Sie es gewählt haben.
device-why-card-missing = Es läuft auf dem Prozessor: Dieser Browser bietet keine Grafikkarte an.
device-why-card-emulated =
    Es läuft auf dem Prozessor: Die Grafikkarte wird hier von einem Programm nachgebildet und ist langsamer.
device-why-card-failed = Es läuft auf dem Prozessor: Die Grafikkarte ist an diesem Modell gescheitert.
device-why-card-equal =
    Es läuft auf der Grafikkarte, die hier nach einer Messung etwa so schnell ist wie der Prozessor.
device-why-card-faster =
    Es läuft auf der Grafikkarte, die hier nach einer Messung { $ratio }-mal so schnell ist wie der Prozessor.
device-why-processor-equal =
    Es läuft auf dem Prozessor, der hier nach einer Messung etwa so schnell ist wie die Grafikkarte.
device-why-processor-faster =
    Es läuft auf dem Prozessor, der hier nach einer Messung { $ratio }-mal so schnell ist wie die Grafikkarte.

# Die Modelle auf diesem Gerät.

models-stored = Auf diesem Gerät
models-stored-unknown = Die gespeicherten Modelle werden gesucht …
models-stored-refused =
    Dieser Browser lässt die Seite keine Modelle speichern (ein privates Fenster, oder das Speichern ist
    ausgeschaltet); sie werden deshalb bei jedem Besuch neu geladen.
models-stored-none = Hier ist noch kein Modell gespeichert.
models-stored-part = { $stored } von { $size } sind hier
models-license-not-named = Lizenz nicht genannt
models-from-page = gehört zu dieser Seite
models-from-address = von { $address }
models-from-hub = { $repository } auf dem Hugging Face Hub
models-from-files = aus Dateien
models-stored-facts = { $size } · { $license } · { $from } · hinzugefügt: { $day }
models-stored-facts-cut-short =
    { $size } · { $license } · { $from } · hinzugefügt: { $day }. Wählen Sie die Dateien noch einmal, um den
    Rest wiederherzustellen.

# Knöpfe eines Modells. Bildschirmleser sagen den Text des Knopfes mit dem Namen des Modells.

models-action-of = { $action }: { $name }
models-use = Verwenden
models-resume = Weiter herunterladen
models-check = Prüfen
models-delete = Löschen
models-delete-for-good = Endgültig löschen
models-delete-for-good-of = Endgültig löschen: { $name }
models-keep = Behalten

# Was daraus wurde.

models-checking = { $name } wird geprüft …
models-check-stopped = Die Prüfung von { $name } wurde angehalten.
models-sound = { $name } ist vollständig und unbeschädigt gespeichert.
models-damaged-fetched = { $count ->
    [one] 1 Stück von { $name } war beschädigt und ist entfernt; es wird neu geladen, wenn Sie das Modell wieder verwenden.
   *[other] { $count } Stücke von { $name } waren beschädigt und sind entfernt; sie werden neu geladen, wenn Sie das Modell wieder verwenden.
}
models-damaged-files = { $count ->
    [one] 1 Stück von { $name } war beschädigt und ist entfernt; es wird wiederhergestellt, wenn Sie die Dateien noch einmal wählen.
   *[other] { $count } Stücke von { $name } waren beschädigt und sind entfernt; sie werden wiederhergestellt, wenn Sie die Dateien noch einmal wählen.
}
models-deleting = { $name } wird gelöscht …
models-deleted = { $name } ist gelöscht.
models-deleted-in-use =
    { $name } ist gelöscht. Es bleibt in Gebrauch, bis ein anderes Modell geladen oder die Seite geschlossen
    wird.
models-engine-starting = Das Programm startet noch; versuchen Sie es gleich noch einmal.
models-engine-stopped = Das Programm ist dabei stehen geblieben; versuchen Sie es noch einmal.

# Die Modelle, die einen Klick entfernt sind.

models-listed = Ein anderes holen
models-listed-hint =
    Ein Klick lädt das Modell vom Hugging Face Hub; Bilder und Begriffe bleiben hier. Der Hub sieht dann Ihre
    Adresse und welches Modell Sie laden, nie Ihre Bilder oder Begriffe. ImageNet: wie viele von 100 Fotos es
    nach Angaben der Autoren richtig benennt, bei 1000 Klassen. Tempo: hier gemessen, ein Bild nach dem
    anderen.
models-recommended = Hier empfohlen
models-loading = Wird geladen …
models-small = Klein
models-balanced = Ausgewogen
models-best = Am besten
models-speed-pictures = { $count ->
    [one] hier etwa 1 Bild in der Sekunde
   *[other] hier etwa { $count } Bilder in der Sekunde
}
models-speed-seconds = { $count ->
    [one] hier etwa 1 Sekunde für ein Bild
   *[other] hier etwa { $count } Sekunden für ein Bild
}
# Alle lesen Englisch.
models-listed-facts = Etwa { $download } herunterzuladen, { $stored } im Speicher und auf dem Gerät · Englisch · { $license }

# Was jedes von ihnen gut kann.

models-good-demo = Alltägliche Dinge, Tiere, Essen und Emoji; schwach bei Szenen, Text, Gesichtern und feinen Einzelheiten.
models-good-tinyclip-8m-16 = Klein und schnell, auch auf Telefonen: alltägliche Dinge, Tiere, Essen und einige Szenen.
models-good-openai-b-32 = Kann von allem etwas: Dinge, Szenen, Stile und kurze Texte in einem Bild.
models-good-datacomp-b-32 = So schnell wie B/32 von OpenAI und öfter richtig; es ist bekannt, woraus es gelernt hat.
models-good-openai-b-16 = Sieht kleinere Einzelheiten als B/32, bei etwa einem Viertel des Tempos.
models-good-datacomp-b-16 = So schnell wie B/16 von OpenAI und öfter richtig.
models-good-openai-l-14 = Weiß viel mehr und sieht feinere Einzelheiten; am besten mit einer Grafikkarte.
models-good-datacomp-l-14 = Am öftesten richtig von allen hier; am besten mit einer Grafikkarte.

# Jedes andere Modell.

models-other = Andere Modelle und Speicher
models-files = Von diesem Gerät
models-files-hint =
    Die .pt-Dateien von OpenAI, oder ein Ordner mit Gewichten (safetensors, .bin) und ihrer Konfiguration,
    oder eine Datei von glance pack. Sie wird hier gelesen und nirgendwohin gesendet.
models-choose-files = Dateien wählen
models-choose-folder = Ordner wählen
models-files-input = Dateien eines Modells
models-folder-input = Ordner eines Modells
models-hub = Vom Hugging Face Hub
models-hub-hint =
    Besitzer und Name, etwa openai/clip-vit-base-patch32. Der Hub sieht dann Ihre Adresse und welches Modell
    Sie laden, nie Ihre Bilder oder Begriffe.
models-look-up = Nachsehen
models-looking = Das Modell wird angesehen …
models-found =
    { $name }: { $size } zu lesen, etwa { $kept } im Speicher und auf dem Gerät. Lizenz: { $license }.
# Die Lizenz, im Satz darüber.
models-found-license-none = nicht genannt
models-found-room = Nach Angabe des Browsers ist noch Platz für etwa { $free }.
models-found-no-room =
    Nach Angabe des Browsers ist nur noch Platz für etwa { $free }; dieses Modell würde also nur für diesen
    Besuch laufen. Löschen Sie gespeicherte Modelle, um Platz zu schaffen.
models-use-found = Dieses Modell verwenden

# Was der Browser die Seite speichern lässt.

models-room =
    Die Seite und ihre Modelle belegen { $used }; nach Angabe des Browsers ist noch Platz für etwa { $free }.
models-room-unknown = Der Browser sagt nicht, wie viel diese Seite speichern darf.
models-kept = Der Browser behält alles, bis Sie es löschen.
models-not-kept = Der Browser darf alles entfernen, wenn der Platz auf diesem Gerät knapp wird.
models-ask-to-keep = Den Browser bitten, sie zu behalten
models-keep-granted = Der Browser behält die Modelle, bis Sie sie löschen.
models-keep-refused =
    Der Browser verspricht es jetzt nicht. Die meisten tun es bei einer Seite, die installiert ist, ein
    Lesezeichen hat oder oft besucht wird.

# Ein Modell oder ein Gerät, mit dem es nicht ging. $why ist ein Satz.

models-no-address = Diese Seite hat keine Adresse, von der Modelle geladen werden können.
models-previous-again = { $why } Das vorige Modell wird wieder verwendet.
models-own-instead = { $why } Stattdessen wird Glances eigenes Modell verwendet.
models-own-possible = Unter „Modelle“ können Sie zu Glances eigenem Modell zurückkehren.
models-removed = Der Browser hatte das gespeicherte Modell entfernt; es wurde neu geladen.
models-removed-advice =
    Der Browser hatte das gespeicherte Modell entfernt; es wurde neu geladen. Damit er es behält, siehe „Andere
    Modelle und Speicher“ unter „Modelle“.
models-removed-offline =
    Der Browser hatte das gespeicherte Modell entfernt; es wird neu geladen, sobald eine Verbindung besteht.
device-before-again = { $why } Es läuft wieder dort, wo es vorher lief.
device-processor-instead = Die Grafikkarte kann jetzt nicht verwendet werden; der Prozessor übernimmt die Arbeit.
