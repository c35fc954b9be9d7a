# How CLIP works, in seven steps. An arrow is an embedding, and a factor is the inverse of a temperature.
# Titles of papers stay as they are.

lesson-title = How it works
lesson-open = Seven steps to try, with your own pictures
# Before the link "CLIP".
lesson-lead-runs = Glance runs
# After the link "CLIP".
lesson-lead-steps =
    (Radford and others, 2021). Steps 1 to 5 compute their numbers here, with the model in use. Sections
    in brackets are those of the paper.
lesson-picture = Picture

# In place of what is computed.

lesson-computing = Computing…
lesson-no-model = The model is not ready yet.
lesson-no-picture = Add a picture, or try a sample, to see it with your own.
lesson-no-label = Add a label in the tab Sort to see how it fits.
lesson-no-usable-label = None of the labels can be used.
lesson-unexpected = The engine gave an answer that this page does not know; reload the page.

# Heads of columns.

lesson-label = Label
lesson-cosine = Cosine
lesson-angle = Angle

# Step 1.

lesson-arrow-step = 1. A picture becomes an arrow, and a text too
lesson-arrow-lists =
    One network reads the picture and returns a list of numbers. A second network reads a text and
    returns a list of the same length. Either list is an arrow in a space with as many dimensions as it
    has numbers, and all arrows are brought to the same length, 1.
lesson-arrow-numbers =
    The first { $shown } of the { $width } numbers of { $name }, as bars up and down from zero: from
    { $least } to { $most }.
lesson-arrow-cosines =
    So only their directions differ. The cosine of the angle between two arrows says how well a picture
    and a text fit: 1 if both point the same way, 0 at a right angle.
lesson-arrow-drawing =
    A half circle: the picture’s arrow points to the right, and the arrow of each label is turned away
    from it by the angle in the table.
# Beside the picture's arrow, short.
lesson-arrow-picture = picture
lesson-arrow-range = The cosines of this picture and all { $count } labels lie between { $least } and { $most }.
lesson-arrow-space =
    The drawing is flat, the real space is not: each angle is true, but two labels at the same angle may
    point in quite different directions. In so many dimensions, two arrows picked at random are almost at
    right angles. CLIP’s picture arrows and text arrows also keep to two regions of their own (Liang and
    others, 2022), so cosines of pictures and texts lie in a narrow range. Compare them with each other,
    not with 1.

# Step 2.

lesson-temperature-step = 2. From cosines to percentages
lesson-temperature-softmax =
    Cosines of pictures and texts lie close together. To make percentages of them, CLIP multiplies each
    by the same factor, raises e to that power, and divides by the sum over all labels (softmax). Move
    the factor: the order stays, but a small one shares evenly, and a large one gives nearly all to the
    first.
lesson-temperature-factor = Factor
lesson-temperature-both = { $factor }, temperature { $temperature }
lesson-temperature-own = The model’s own: { $factor }
# A screen reader says it before the number.
lesson-temperature-cosine = cosine
lesson-temperature-first = The first { $shown } of { $total }; the percentages count all of them.
lesson-temperature-cut = This lesson counts your first { $count } labels only.
lesson-temperature-learned =
    Nobody chose the model’s own factor. It was learned with all other weights, as a logarithm; its
    inverse is called the temperature. OpenAI began at a temperature of 0.07, a factor of about 14, and
    never let the factor grow beyond 100, because larger ones made the training unstable (section 2.5).

# Step 3.

lesson-prompts-step = 3. Why a sentence helps
lesson-prompts-captions =
    CLIP learned from captions of pictures on the web, and those are seldom one word. A label in a
    sentence looks more like them, and it says that a picture is meant: a “crane” may be a bird or a
    machine. Averaging the arrows of several sentences (an ensemble) smooths out the accidents of each.
lesson-prompts-no-shares = It needs the percentages of step 2.
lesson-prompts-table = { $count ->
    [one] One label alone always gets 100 %: add others to compare.
   *[other] Shares among the { $count } labels that fit the picture best.
}
lesson-prompts-alone = Alone
# The sentence is what the model reads.
lesson-prompts-sentence = “a photo of a …”
lesson-prompts-mean = Mean of 7 sentences
lesson-prompts-all = The 7 sentences
lesson-prompts-gain =
    The paper reports that one such sentence gained 1.3 % on ImageNet, and the average of 80 another
    3.5 % (section 3.1.4). OpenAI later published these 7, chosen from the 80. On a single picture any of
    the three may be best.

# Step 4.

lesson-training-step = 4. What it was trained to do
lesson-training-task =
    Nobody gave CLIP labels. It saw 400 million pictures with the texts that stood beside them on the
    web, 32,768 pairs at a time, and had to tell which text belongs to which picture (sections 2.2 to
    2.5). Here is the same task with your pictures: edit the texts and watch the loss, the number that
    training makes smaller.
lesson-training-one-picture = Add a second picture: with only one there is nothing to mix up.
lesson-training-texts = A text for each picture
lesson-training-text = Text for { $name }
lesson-training-spoken-loss = The loss is { $loss }.
lesson-training-loss =
    Each row is a question: which text fits this picture? The pairs that belong together lie on the
    diagonal. The loss of a row is −ln of the diagonal’s share, which is 0 at 100 %. Each column asks the
    other way round. The loss is the mean of both directions, so it is called symmetric. Training turns
    the arrows of a pair towards each other, and those of all other combinations away.
# Four lines that look like a program.
lesson-training-recipe-matrix = matrix = factor × cosines of N pictures and N texts
lesson-training-recipe-rows = picture loss = cross entropy of each row and its diagonal
lesson-training-recipe-columns = text loss = cross entropy of each column and its diagonal
lesson-training-recipe-loss = loss = (picture loss + text loss) ÷ 2
lesson-training-figure =
    The idea of the paper’s figure 3, in words. Glance’s small demo model came about in another way: its
    picture network had learned ImageNet’s labels, and only its text network learned to match it.

# The matrix of step 4.

lesson-matrix-read = Read it
lesson-matrix-by-rows = by rows: which text for each picture?
lesson-matrix-by-columns = by columns: which picture for each text?
lesson-matrix-rows = Pictures down, texts across. Each row adds up to 100 %; below it the cosine.
lesson-matrix-columns = Pictures down, texts across. Each column adds up to 100 %; below it the cosine.
lesson-matrix-both = Pictures to texts { $rows }, texts to pictures { $columns }.
lesson-matrix-loss = Loss: { $loss }.
# 10.40 is ln 32,768.
lesson-matrix-guess = Guessing among { $count } would cost ln { $count } = { $cost }; among 32,768, 10.40.
lesson-matrix-refused = A text is empty or cannot be used: write one for each picture.
lesson-matrix-repeated =
    Two texts are the same, so no model can tell them apart. Make each fit its own picture, and the loss
    falls.

# Step 5.

lesson-zero-shot-step = 5. Zero-shot: labels become a classifier
lesson-zero-shot-names =
    An ordinary classifier is trained on many examples of each class, and knows those classes only. CLIP
    needs the names: their arrows take the place of the trained last layer. No example of the task is
    shown to it, therefore “zero-shot” (section 3.1).
lesson-zero-shot-none = You have no labels yet: write some, and they are your classifier.
lesson-zero-shot-now = { $count ->
    [one] You have one label: a second one makes a classifier of two classes.
   *[other]
        Your { $count } labels are such a classifier right now: { $count } arrows, and a picture belongs
        to the nearest.
}
lesson-zero-shot-go = Go to Sort and change the labels
lesson-zero-shot-imagenet =
    In the paper, the best model named 76.2 % of ImageNet’s photographs correctly among 1000 classes: as
    many as the original ResNet-50, which had been trained on 1.28 million of them.

# Step 6.

lesson-models-step = 6. The nine models of the paper
lesson-models-kinds =
    OpenAI trained five convolutional networks (RN, for ResNet) and four vision transformers (ViT), all
    on the same pairs. The number after the slash is the side of the squares that a transformer cuts a
    picture into: smaller squares show finer detail and take more time. The largest ResNet trained for 18
    days on 592 graphics cards, the largest transformer for 12 days on 256 (section 2.5).
lesson-models-table = The nine models
lesson-models-name = Model
lesson-models-side = Picture’s side, pixels
lesson-models-width = Numbers in an arrow
lesson-models-image-tower = Image tower, million weights
lesson-models-text-tower = Text tower, million weights
lesson-models-imagenet = ImageNet, % correct
lesson-models-published = ImageNet: photographs named correctly among 1000 classes, zero-shot, as published.
lesson-models-here = Glance runs all nine, and others.

# Step 7: for each limit, its heading and a text beside it.

lesson-limits-step = 7. Limits and bias
lesson-limits-answer = It always answers.
lesson-limits-answer-why =
    Percentages compare only the labels given. If none fits, one of them wins all the same; look at the
    cosines.
lesson-limits-counting = Counting, distance, close cousins.
lesson-limits-counting-why =
    It is weak at how many, how far and where, and at telling models of cars or species of flowers apart
    (section 6).
lesson-limits-print = Small print and handwriting.
lesson-limits-print-why =
    A picture is made small before the network sees it. On handwritten digits CLIP reached 88 %, less
    than a simple method on raw pixels (section 6). And a word in a picture can outweigh what else it
    shows (Goh and others, 2021).
lesson-limits-domains = Unusual domains.
lesson-limits-domains-why =
    Satellite pictures, tissue under a microscope, traffic signs: what is rare on the web is poorly known
    (section 3.1.5). It is not for medical use.
lesson-limits-wording = Wording.
lesson-limits-wording-why = Small changes of a label change the answer, as step 3 shows. Try several.
lesson-limits-english = English.
lesson-limits-english-why = OpenAI’s models were trained and tested for English only (model card).
lesson-limits-bias = Bias.
lesson-limits-bias-why =
    It learned from the web, prejudice included. When OpenAI offered it labels of crime and of animals
    for portraits, it gave them at rates that differed by race, gender and age; which labels were offered
    changed the rates (section 7.1). Labels about who people are say more about the labels and the web
    than about the person.
lesson-limits-people = No decisions about people.
lesson-limits-people-why =
    Do not use it to identify, judge, hire, police or watch anyone. OpenAI’s model card rules out
    surveillance and face recognition altogether.

# Works that the lesson names: authors and title.

lesson-sources = Sources
lesson-source-clip =
    Radford and others, 2021: Learning Transferable Visual Models From Natural Language Supervision
lesson-source-card = OpenAI: CLIP’s model card
lesson-source-prompts = OpenAI: Prompt Engineering for ImageNet, with the 80 sentences and the 7
lesson-source-gap = Liang and others, 2022: Mind the Gap, on the regions of picture and text arrows
lesson-source-neurons =
    Goh and others, 2021: Multimodal Neurons in Artificial Neural Networks, on words in pictures
