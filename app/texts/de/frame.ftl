# Was die Teile der Seite umgibt.

about-here = Die Bilder verlassen dieses Gerät nie.
about-kept =
    Kleine Kopien davon und die Zahlen, die das Modell daraus berechnet hat, bleiben in diesem Browser,
    damit Sie später weitermachen können. Sie verschwinden, wenn Sie die Bilder entfernen oder vergessen
    lassen.
about-numbers =
    Die Prozente vergleichen nur die Begriffe, die Sie angeben: Sie sagen, welcher am besten passt, nicht,
    ob überhaupt einer passt. Der Kosinus daneben hängt nicht von den anderen Begriffen ab.
about-other-language = English
