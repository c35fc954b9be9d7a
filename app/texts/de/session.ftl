# Was die Seite bei der Arbeit sagt: die Bilder auf ihr.

library-full = { $count ->
    [one] Auf eine Seite passen { $most } Bilder; 1 wurde weggelassen. Entfernen Sie zuerst einige.
   *[other] Auf eine Seite passen { $most } Bilder; { $count } wurden weggelassen. Entfernen Sie zuerst einige.
}
library-full-earlier = Auf eine Seite passen { $most } Bilder; die späteren wurden weggelassen.
library-duplicates = { $count ->
    [one] 1 Bild war schon da.
   *[other] { $count } Bilder waren schon da.
}
library-gathering = Es werden noch andere Bilder hinzugefügt; warten Sie, oder brechen Sie das zuerst ab.
library-forgotten = Die Bilder sind vergessen.
library-without-files = { $count ->
    [one] 1 Bild eines früheren Besuchs wurde weggelassen; fügen Sie seine Datei noch einmal hinzu.
   *[other] { $count } Bilder eines früheren Besuchs wurden weggelassen; fügen Sie ihre Dateien noch einmal hinzu.
}

# Bilder, die von Adressen geholt werden.

library-fetch-stopped = Angehalten: { $here } von { $total } Bildern wurden hinzugefügt.
# $first: ein Satz über das erste davon.
library-fetch-failed = { $failed } von { $total } Bildern kamen nicht an. { $first }

# Bilder in einem Ordner.

library-folder-refused =
    Der Browser lässt diese Seite „{ $name }“ nicht lesen; sehen Sie noch einmal nach und erlauben Sie
    es, oder vergessen Sie den Ordner.
library-folder-unreadable =
    „{ $name }“ ist nicht lesbar; wenn der Ordner verschoben wurde, wählen Sie ihn neu, und vergessen
    Sie ihn hier.
library-folder-stopped =
    Angehalten; neue Bilder in „{ $name }“ bisher: { $count }. Sehen Sie noch einmal nach, um die
    übrigen zu finden.
library-folder-empty = In „{ $name }“ ist kein Bild.
library-folder-found = { $count ->
    [one] 1 Bild in „{ $name }“.
   *[other] { $count } Bilder in „{ $name }“.
}
library-folder-nothing-new = { $here ->
    [one] Nichts Neues in „{ $name }“; 1 war schon da.
   *[other] Nichts Neues in „{ $name }“; { $here } waren schon da.
}
# $before ist der Text darunter.
library-folder-new = { $count ->
    [one] 1 neues Bild in „{ $name }“; { $before }.
   *[other] { $count } neue Bilder in „{ $name }“; { $before }.
}
library-folder-before = { $count ->
    [one] 1 war schon da
   *[other] { $count } waren schon da
}

# Das Programm, das die Arbeit macht, und die Frage, die ihm gestellt wird.

session-no-engine = In diesem Browser läuft das Programm nicht; nehmen Sie einen aktuellen.
session-stopped-at-picture =
    Das Programm ist bei diesem Bild zweimal stehen geblieben; mit den anderen geht es weiter.
session-keeps-stopping =
    Das Programm bleibt immer wieder stehen; versuchen Sie es noch einmal, oder laden Sie die Seite neu.
session-stopped = Das Programm ist stehen geblieben; versuchen Sie es noch einmal.
session-no-answer = Das Programm gab keine Antwort; laden Sie die Seite neu.
session-labels-full = Eine Seite vergleicht höchstens { $most } Begriffe.

# Was das Programm sagt, in einem Satz. Er ist englisch, darum steht ein deutscher davor.

failure-picture = Das Bild kann nicht verwendet werden. ({ $message })
failure-model = Das Modell kann nicht verwendet werden. ({ $message })
failure-connection = Das Modell kann nicht geholt werden; prüfen Sie die Verbindung. ({ $message })
failure-no-device = Hier gibt es keine Grafikkarte, die das Modell nutzen kann. ({ $message })
failure-device = Das Gerät konnte das nicht berechnen. ({ $message })
failure-lost = Das Programm ist stehen geblieben. ({ $message })
failure-cancelled = Das wurde abgebrochen. ({ $message })
failure-unknown = Das ist nicht gelungen. ({ $message })
# Ein Begriff, eine Bildbeschreibung oder eine Suche.
failure-text = Dieser Text kann nicht verwendet werden. ({ $message })
# Das Modell läuft; der Satz sagt zum Beispiel, dass es nicht auf der Grafikkarte läuft.
failure-notice = Das Modell läuft, mit einem Hinweis. ({ $message })
failure-not-stored = Das Modell wird in diesem Browser nicht gespeichert. ({ $message })
failure-not-remembered = Die Bilder bleiben nicht für spätere Besuche in diesem Browser. ({ $message })
