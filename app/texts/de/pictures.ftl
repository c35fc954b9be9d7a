# Ein Bild, groß.
panel-previous = Voriges Bild
panel-next = Nächstes Bild
panel-close = Schließen
panel-more-like-this = Ähnliche suchen
panel-remove = Entfernen
panel-cosine = Kosinus { $cosine }
# Wo im Bild ein Begriff zu sehen ist: ein Knopf hinter dem Begriff, Farben über dem Bild, ein Satz.
panel-where = Wo?
panel-where-found = Passt am besten zu „{ $label }“: { $place }.
panel-where-no-picture = Das Bild lässt sich nicht noch einmal lesen.
panel-where-upper-left = oben links
panel-where-top = oben
panel-where-upper-right = oben rechts
panel-where-left = links
panel-where-middle = in der Mitte
panel-where-right = rechts
panel-where-lower-left = unten links
panel-where-bottom = unten
panel-where-lower-right = unten rechts

# Viele Bilder als Kacheln, in Abschnitten.
grid-keys =
    Bilder: Pfeiltasten gehen von Bild zu Bild, die Eingabetaste öffnet, die Leertaste wählt aus, Entf
    entfernt
grid-unsure = Unsicher: zwei Begriffe fast gleichauf
grid-waiting = Noch nicht angesehen
grid-failed = Nicht lesbar
# Bilder, die einander ähnlich sind, mit der Nummer ihrer Gruppe.
grid-group = Gruppe { $number }
grid-group-mostly = Gruppe { $number }: meist { $label }
grid-no-copy = Kein fast gleiches Bild
grid-like-no-other = Keinem anderen ähnlich
grid-select-extras = Alle außer dem ersten auswählen
grid-select-extras-of = Alle außer dem ersten auswählen: { $group }
grid-select = { $name } auswählen
# Unter einem Bild eines früheren Besuchs, das dieses Modell nicht gelesen hat.
grid-add-again = Neu hinzufügen
# Unter einem Begriff, an der Stelle einer Zahl: Die Person hat das Bild dorthin verschoben.
grid-by-you = von Ihnen

# Was sich mit ausgewählten Bildern tun lässt.
select-title = Ausgewählte Bilder
select-count = { $count ->
    [one] 1 ausgewählt
   *[other] { $count } ausgewählt
}
select-remove = Entfernen
select-clear = Auswahl aufheben
select-move-to = Zu Begriff verschieben
select-move = Verschieben
