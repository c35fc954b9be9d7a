# Bilder hinzufügen: hineinziehen, einfügen oder auswählen.

add-choose = Bilder auswählen
add-more = Bilder hinzufügen
add-folder = Ordner
add-title = Bilder hierher ziehen
# Während Dateien über die Seite gezogen werden.
add-let-go = Zum Hinzufügen loslassen
# Steht zwischen dem Titel und den Knöpfen.
add-hint = oder einfügen, oder
add-promise = Die Bilder bleiben auf diesem Gerät.
# Namen der verborgenen Eingaben für Dateien.
add-files-input = Bilder
add-folder-input = Ordner mit Bildern
add-folder-large =
    Dieser Ordner enthält mehr als { $count } Dateien, und nicht alle wurden gelesen; nehmen Sie einen
    kleineren.
add-folder-dropped-empty = In diesem Ordner ist kein Bild; nehmen Sie einen anderen.
add-folder-chosen-empty = In diesem Ordner ist kein Bild; wählen Sie einen anderen.
add-stop-camera = Halten Sie die Kamera an, um ein Bild über seine Adresse hinzuzufügen.
add-launch-failed =
    Eine Datei konnte nicht geöffnet werden; vielleicht wurde sie verschoben. Wählen Sie sie hier aus.
# Bilder aus dem Teilen-Menü des Systems.
add-share-empty = Es kam kein geteiltes Bild an; wählen Sie Bilder hier aus.
add-share-incomplete = Nicht alle geteilten Bilder passen auf einmal; teilen Sie die übrigen einzeln.

# Bilder anderer Websites, über ihre Adressen.

add-address-open = Adresse …
add-address-form = Bilder von einer Adresse
add-address-field = Adresse eines Bildes
add-address-hint =
    Das Bild kommt von seiner eigenen Website; diese sieht die Adresse dieses Geräts. Mehrere: eine je
    Zeile.
add-address-add = Hinzufügen
add-address-missing = Fügen Sie zuerst die Adresse eines Bildes ein.
add-address-many =
    Das sind { $count } Adressen; höchstens { $most } können auf einmal hinzugefügt werden.
# $start: der Anfang dessen, was eingegeben wurde.
add-address-part = „{ $start }“ ist keine ganze Adresse; kopieren Sie eine, die mit https:// beginnt.
# $site ist in den folgenden Texten einer dieser beiden, immer im Nominativ.
add-site = die Website { $host }
add-site-unnamed = diese Adresse
add-site-unreadable =
    Ein Bild kann nicht geholt werden: { $site } lässt keine andere Seite darauf zugreifen oder ist
    nicht erreichbar; speichern Sie das Bild und fügen Sie die Datei hinzu.
# $status: eine Zahl wie 404.
add-site-missing = Ein Bild fehlt: { $site } hat dort keines ({ $status }); prüfen Sie die Adresse.
add-site-refused =
    Ein Bild wurde verweigert: { $site } gibt es nicht heraus ({ $status }); speichern Sie das Bild und
    fügen Sie die Datei hinzu.
add-site-no-picture =
    Es kam kein Bild: { $site } liefert etwas anderes; kopieren Sie die Adresse des Bildes selbst.
add-site-large =
    Ein Bild ist zu groß: { $site } liefert mehr als 100 MB; speichern Sie ein kleineres und fügen Sie
    die Datei hinzu.
add-site-slow =
    Ein Bild dauert zu lange: { $site } hat es in 30 Sekunden nicht geliefert; speichern Sie es und
    fügen Sie die Datei hinzu.

# Bilder eines früheren Besuchs, und Ordner, die schon einmal gewählt wurden.

# $day: heute, gestern oder ein Datum.
add-earlier = { $count ->
    [one] 1 Bild von früher ({ $day })
   *[other] { $count } Bilder von früher ({ $day })
}
add-earlier-continue = Weitermachen
add-earlier-forget = Vergessen
add-folders = Ordner
# Es folgt der Name des Ordners.
add-folder-look = Noch einmal nachsehen in
add-folder-forget = Den Ordner { $name } vergessen

# Bilder zum Ausprobieren, und was ein Mensch darin sieht.

add-samples = Kein Bild zur Hand? Probieren Sie eines
add-samples-all = Alle probieren
# Kurz; static/samples/CREDITS.md nennt sie ganz.
add-samples-credits =
    Bilder: Stéfan van der Walt, Rachel Michetti, Lav Varshney, Andreas Preuss (CC0); NASA, SpaceX
    (gemeinfrei).
add-samples-failed =
    Ein Beispielbild konnte nicht geholt werden; versuchen Sie es noch einmal, oder wählen Sie ein
    eigenes Bild.
add-sample-cat = Getigerte Katze, von Nahem
add-sample-coffee = Tasse Kaffee auf einer roten Untertasse
add-sample-astronaut = Lächelnde Frau in einem orangefarbenen Raumanzug
add-sample-rocket = Aufgerichtete Rakete zwischen Türmen in der Dämmerung
add-sample-camera = Mann, der in eine Kamera auf einem Stativ blickt, schwarz-weiß
add-sample-horse = Schwarzer Umriss eines Pferdes
