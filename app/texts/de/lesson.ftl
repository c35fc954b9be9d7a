# Wie CLIP funktioniert, in sieben Schritten. Ein Pfeil ist eine Einbettung, ein Faktor der Kehrwert einer
# Temperatur. Titel von Artikeln bleiben, wie sie sind.

lesson-title = So funktioniert es
lesson-open = Sieben Schritte zum Ausprobieren, mit Ihren eigenen Bildern
# Vor dem Link „CLIP“.
lesson-lead-runs = Glance arbeitet mit
# Nach dem Link „CLIP“.
lesson-lead-steps =
    (Radford u. a., 2021). Die Schritte 1 bis 5 berechnen ihre Zahlen hier, mit dem Modell, das gerade
    verwendet wird. Abschnitte in Klammern sind die des Artikels.
lesson-picture = Bild

# Anstelle dessen, was berechnet wird.

lesson-computing = Wird berechnet …
lesson-no-model = Das Modell ist noch nicht bereit.
lesson-no-picture = Fügen Sie ein Bild hinzu oder probieren Sie ein Beispiel, um es an Ihren Bildern zu sehen.
lesson-no-label =
    Fügen Sie unter „Sortieren“ einen Begriff auf Englisch hinzu, um zu sehen, wie er passt.
lesson-no-usable-label = Keiner der Begriffe ist verwendbar.
lesson-unexpected =
    Diese Seite hat eine Antwort bekommen, die sie nicht kennt; laden Sie die Seite neu.

# Köpfe von Spalten.

lesson-label = Begriff
lesson-cosine = Kosinus
lesson-angle = Winkel

# Schritt 1.

lesson-arrow-step = 1. Ein Bild wird zum Pfeil, ein Text auch
lesson-arrow-lists =
    Ein Netz liest das Bild und gibt eine Liste von Zahlen aus. Ein zweites Netz liest einen Text und gibt
    eine Liste derselben Länge aus. Jede Liste ist ein Pfeil in einem Raum mit so vielen Dimensionen, wie
    sie Zahlen hat, und alle Pfeile werden auf dieselbe Länge gebracht: 1.
lesson-arrow-numbers =
    Die ersten { $shown } der { $width } Zahlen von { $name }, als Balken von null aus nach oben und unten:
    von { $least } bis { $most }.
lesson-arrow-cosines =
    Die Pfeile unterscheiden sich also nur in der Richtung. Der Kosinus des Winkels zwischen zwei Pfeilen
    sagt, wie gut ein Bild und ein Text zusammenpassen: 1, wenn beide in dieselbe Richtung zeigen, 0 bei
    einem rechten Winkel.
lesson-arrow-drawing =
    Ein Halbkreis: Der Pfeil des Bildes zeigt nach rechts, und der Pfeil jedes Begriffs ist um den Winkel
    in der Tabelle von ihm weggedreht.
# Neben dem Pfeil des Bildes, kurz.
lesson-arrow-picture = Bild
lesson-arrow-range =
    Die Kosinuswerte dieses Bildes mit allen { $count } Begriffen liegen zwischen { $least } und { $most }.
lesson-arrow-space =
    Die Zeichnung ist flach, der wirkliche Raum ist es nicht: Jeder Winkel stimmt, aber zwei Begriffe mit
    demselben Winkel können in ganz verschiedene Richtungen zeigen. In so vielen Dimensionen stehen zwei
    zufällig gewählte Pfeile fast im rechten Winkel zueinander. Außerdem bleiben CLIPs Bildpfeile und
    Textpfeile jeweils in einem eigenen Gebiet (Liang u. a., 2022). Deshalb liegen die Kosinuswerte von
    Bildern und Texten in einem schmalen Bereich. Vergleichen Sie sie miteinander, nicht mit 1.

# Schritt 2.

lesson-temperature-step = 2. Vom Kosinus zu Prozenten
lesson-temperature-softmax =
    Die Kosinuswerte von Bildern und Texten liegen nah beieinander. Um Prozente daraus zu machen,
    multipliziert CLIP jeden mit demselben Faktor, setzt das Ergebnis als Exponenten von e ein und teilt
    durch die Summe über alle Begriffe (Softmax). Verschieben Sie den Faktor: Die Reihenfolge bleibt, aber
    ein kleiner Faktor verteilt gleichmäßig, und ein großer gibt fast alles dem ersten Begriff.
lesson-temperature-factor = Faktor
lesson-temperature-both = { $factor }, Temperatur { $temperature }
lesson-temperature-own = Faktor des Modells: { $factor }
# Wird vor der Zahl vorgelesen.
lesson-temperature-cosine = Kosinus
lesson-temperature-first = Die ersten { $shown } von { $total }; die Prozente berücksichtigen alle.
lesson-temperature-cut = Diese Lektion berücksichtigt nur Ihre ersten { $count } Begriffe.
lesson-temperature-learned =
    Den Faktor des Modells hat niemand gewählt. Er wurde mit allen anderen Gewichten gelernt, als
    Logarithmus; sein Kehrwert heißt Temperatur. OpenAI begann mit einer Temperatur von 0,07, also einem
    Faktor von etwa 14, und ließ den Faktor nie über 100 wachsen, weil größere das Training instabil
    machten (Abschnitt 2.5).

# Schritt 3.

lesson-prompts-step = 3. Warum ein Satz hilft
lesson-prompts-captions =
    CLIP hat aus Bildbeschreibungen im Web gelernt, und die bestehen selten aus nur einem Wort. Ein
    Begriff in einem Satz ähnelt ihnen mehr, und der Satz sagt, dass ein Bild gemeint ist: „crane“ kann
    ein Kranich oder ein Kran sein. Der Mittelwert der Pfeile mehrerer Sätze (ein Ensemble) gleicht die
    Zufälle der einzelnen aus.
lesson-prompts-no-shares = Dafür werden die Prozente aus Schritt 2 gebraucht.
lesson-prompts-table = { $count ->
    [one] Ein Begriff allein bekommt immer 100 %: Fügen Sie weitere hinzu, um zu vergleichen.
   *[other] Anteile unter den { $count } Begriffen, die am besten zum Bild passen.
}
lesson-prompts-alone = Allein
# Den Satz liest das Modell.
lesson-prompts-sentence = „a photo of a …“
lesson-prompts-mean = Mittelwert von 7 Sätzen
lesson-prompts-all = Die 7 Sätze
lesson-prompts-gain =
    Laut dem Artikel brachte ein solcher Satz auf ImageNet 1,3 Prozentpunkte und der Mittelwert von 80
    Sätzen weitere 3,5 (Abschnitt 3.1.4). Später veröffentlichte OpenAI diese 7, ausgewählt aus den 80.
    Bei einem einzelnen Bild kann jede der drei Möglichkeiten die beste sein.

# Schritt 4.

lesson-training-step = 4. Worauf CLIP trainiert wurde
lesson-training-task =
    Niemand hat CLIP Begriffe vorgegeben. Es sah 400 Millionen Bilder mit den Texten, die im Web daneben
    standen, jeweils 32 768 Paare zugleich, und musste sagen, welcher Text zu welchem Bild gehört
    (Abschnitte 2.2 bis 2.5). Hier ist dieselbe Aufgabe mit Ihren Bildern: Ändern Sie die Texte, auf
    Englisch, und beobachten Sie den Verlust, die Zahl, die das Training verkleinert.
lesson-training-one-picture =
    Fügen Sie ein zweites Bild hinzu: Mit nur einem gibt es nichts zu verwechseln.
lesson-training-texts = Ein Text zu jedem Bild, auf Englisch
lesson-training-text = Text zu { $name }
lesson-training-spoken-loss = Der Verlust ist { $loss }.
lesson-training-loss =
    Jede Zeile ist eine Frage: Welcher Text passt zu diesem Bild? Die Paare, die zusammengehören, liegen
    auf der Diagonale. Der Verlust einer Zeile ist −ln des Anteils auf der Diagonale, also 0 bei 100 %.
    Jede Spalte fragt umgekehrt. Der Verlust ist der Mittelwert beider Richtungen; darum heißt er
    symmetrisch. Das Training dreht die Pfeile eines Paares zueinander hin und die aller anderen
    Kombinationen voneinander weg.
# Vier Zeilen, die wie ein Programm aussehen.
lesson-training-recipe-matrix = Matrix = Faktor × Kosinuswerte von N Bildern und N Texten
lesson-training-recipe-rows = Bildverlust = Kreuzentropie jeder Zeile mit ihrer Diagonale
lesson-training-recipe-columns = Textverlust = Kreuzentropie jeder Spalte mit ihrer Diagonale
lesson-training-recipe-loss = Verlust = (Bildverlust + Textverlust) ÷ 2
lesson-training-figure =
    Die Idee von Abbildung 3 des Artikels, in Worten. Das kleine Demomodell von Glance entstand anders:
    Sein Bildnetz hatte schon die Begriffe von ImageNet gelernt, und nur sein Textnetz lernte, dazu zu
    passen.

# Die Matrix von Schritt 4.

lesson-matrix-read = Leserichtung
lesson-matrix-by-rows = nach Zeilen: Welcher Text zu jedem Bild?
lesson-matrix-by-columns = nach Spalten: Welches Bild zu jedem Text?
lesson-matrix-rows =
    Bilder untereinander, Texte nebeneinander. Jede Zeile ergibt zusammen 100 %; darunter der Kosinus.
lesson-matrix-columns =
    Bilder untereinander, Texte nebeneinander. Jede Spalte ergibt zusammen 100 %; darunter der Kosinus.
lesson-matrix-both = Bilder zu Texten { $rows }, Texte zu Bildern { $columns }.
lesson-matrix-loss = Verlust: { $loss }.
# 10,40 ist ln 32 768.
lesson-matrix-guess =
    Raten unter { $count } Paaren würde ln { $count } = { $cost } kosten; unter 32 768 wären es 10,40.
lesson-matrix-refused =
    Ein Text ist leer oder nicht verwendbar: Schreiben Sie zu jedem Bild einen, auf Englisch.
lesson-matrix-repeated =
    Zwei Texte sind gleich, daher kann kein Modell sie unterscheiden. Passen Sie jeden seinem Bild an, und
    der Verlust sinkt.

# Schritt 5.

lesson-zero-shot-step = 5. Zero-Shot: Begriffe werden zum Klassifikator
lesson-zero-shot-names =
    Ein gewöhnlicher Klassifikator wird mit vielen Beispielen jeder Klasse trainiert und kennt nur diese
    Klassen. CLIP braucht nur die Namen: Ihre Pfeile treten an die Stelle der trainierten letzten Schicht.
    Kein Beispiel der Aufgabe wird ihm gezeigt, daher „Zero-Shot“ (Abschnitt 3.1).
lesson-zero-shot-none =
    Sie haben noch keine Begriffe: Schreiben Sie einige auf Englisch, dann sind sie Ihr Klassifikator.
lesson-zero-shot-now = { $count ->
    [one] Sie haben einen Begriff: Ein zweiter macht daraus einen Klassifikator mit zwei Klassen.
   *[other]
        Ihre { $count } Begriffe sind gerade ein solcher Klassifikator: { $count } Pfeile, und ein Bild
        gehört zum nächstgelegenen.
}
lesson-zero-shot-go = Zu „Sortieren“ gehen und die Begriffe ändern
lesson-zero-shot-imagenet =
    Im Artikel benannte das beste Modell 76,2 % der Fotos von ImageNet unter 1000 Klassen richtig: so
    viele wie das ursprüngliche ResNet-50, das mit 1,28 Millionen davon trainiert worden war.

# Schritt 6.

lesson-models-step = 6. Die neun Modelle des Artikels
lesson-models-kinds =
    OpenAI trainierte fünf Faltungsnetze (RN, für ResNet) und vier Vision Transformer (ViT), alle mit
    denselben Paaren. Die Zahl nach dem Schrägstrich ist die Seitenlänge der Quadrate, in die ein
    Transformer ein Bild zerlegt: Kleinere Quadrate zeigen feinere Einzelheiten und brauchen mehr Zeit. Das
    größte ResNet wurde 18 Tage lang auf 592 Grafikkarten trainiert, der größte Transformer 12 Tage lang
    auf 256 (Abschnitt 2.5).
lesson-models-table = Die neun Modelle
lesson-models-name = Modell
lesson-models-side = Seite des Bildes, Pixel
lesson-models-width = Zahlen in einem Pfeil
lesson-models-image-tower = Bildnetz, Millionen Gewichte
lesson-models-text-tower = Textnetz, Millionen Gewichte
lesson-models-imagenet = ImageNet, % richtig
lesson-models-published =
    ImageNet: richtig benannte Fotos unter 1000 Klassen, Zero-Shot, wie veröffentlicht.
lesson-models-here = In Glance laufen alle neun und weitere.

# Schritt 7: zu jeder Grenze eine Überschrift und ein Text daneben.

lesson-limits-step = 7. Grenzen und Verzerrung
lesson-limits-answer = CLIP antwortet immer.
lesson-limits-answer-why =
    Prozente vergleichen nur die angegebenen Begriffe. Passt keiner, gewinnt trotzdem einer; achten Sie auf
    den Kosinus.
lesson-limits-counting = Zählen, Entfernungen, nahe Verwandte.
lesson-limits-counting-why =
    CLIP ist schwach bei Anzahl, Entfernung und Ort und darin, Automodelle oder Blumenarten zu
    unterscheiden (Abschnitt 6).
lesson-limits-print = Kleine Schrift und Handschrift.
lesson-limits-print-why =
    Ein Bild wird verkleinert, bevor das Netz es sieht. Bei handgeschriebenen Ziffern erreichte CLIP 88 %,
    weniger als ein einfaches Verfahren mit rohen Pixeln (Abschnitt 6). Und ein Wort in einem Bild kann
    schwerer wiegen als alles andere, was es zeigt (Goh u. a., 2021).
lesson-limits-domains = Ungewöhnliche Gebiete.
lesson-limits-domains-why =
    Satellitenbilder, Gewebe unter dem Mikroskop, Verkehrszeichen: Was im Web selten ist, kennt CLIP
    schlecht (Abschnitt 3.1.5). Es ist nicht für medizinische Zwecke bestimmt.
lesson-limits-wording = Wortwahl.
lesson-limits-wording-why =
    Kleine Änderungen an einem Begriff ändern die Antwort, wie Schritt 3 zeigt. Probieren Sie mehrere aus.
lesson-limits-english = Englisch.
lesson-limits-english-why =
    Die Modelle von OpenAI wurden nur für Englisch trainiert und geprüft (Modellkarte).
lesson-limits-bias = Verzerrung.
lesson-limits-bias-why =
    CLIP hat aus dem Web gelernt, samt dessen Vorurteilen. Als OpenAI ihm zu Porträts auch Begriffe für
    Verbrechen und Tiere anbot, vergab es sie unterschiedlich oft, je nach ethnischer Zuordnung,
    Geschlecht und Alter; welche Begriffe zur Wahl standen, änderte diese Häufigkeiten (Abschnitt 7.1).
    Begriffe dafür, wer Menschen sind, sagen mehr über die Begriffe und das Web aus als über den Menschen.
lesson-limits-people = Keine Entscheidungen über Menschen.
lesson-limits-people-why =
    Verwenden Sie CLIP nicht, um jemanden zu identifizieren, zu beurteilen, einzustellen, polizeilich zu
    erfassen oder zu beobachten. Die Modellkarte von OpenAI schließt Überwachung und Gesichtserkennung ganz
    aus.

# Werke, die die Lektion nennt: Verfasser und Titel.

lesson-sources = Quellen
lesson-source-clip =
    Radford u. a., 2021: Learning Transferable Visual Models From Natural Language Supervision
lesson-source-card = OpenAI: Modellkarte von CLIP
lesson-source-prompts = OpenAI: Prompt Engineering for ImageNet, mit den 80 Sätzen und den 7
lesson-source-gap = Liang u. a., 2022: Mind the Gap, über die Gebiete der Bild- und Textpfeile
lesson-source-neurons =
    Goh u. a., 2021: Multimodal Neurons in Artificial Neural Networks, über Wörter in Bildern
