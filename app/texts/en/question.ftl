# What is asked about the pictures: labels, a search, or captions.

# The tabs.
modes-title = What to do
modes-sort = Sort
modes-search = Search
modes-match = Match

# The labels, and the field that adds one.
labels-title = Labels
labels-used = Labels in use
labels-add = Add a label
# Labels that have no place on the page.
labels-hidden = and { $count } more
labels-keys = Arrow keys move between labels. Enter edits a label, Delete removes it.
labels-edit = Edit { $label }
labels-edit-field = Edit label
labels-remove = Remove { $label }
labels-too-long = Too long for the model: only its beginning counts.

# The line below them.
labels-clear = Clear
labels-more = More
labels-count = { $count ->
    [one] 1 label
   *[other] { $count } labels
}
labels-hint = Enter or a comma adds a label; paste a list to add many.

# The sentence around each label. What it becomes is read by the model, so it is English.
labels-prompt = Prompt
labels-prompt-own = Your own sentence
labels-prompt-7 = 7 prompts (OpenAI, short list)
labels-prompt-80 = 80 prompts (OpenAI, ImageNet)
labels-prompt-used = The sentences in use
# Follows the two braces.
labels-prompt-hint = is where the label goes.
# $found is the placeholder of another program, such as %s.
labels-prompt-mistaken = Write { "{}" } instead of { $found } where the label goes.
labels-prompt-average = The average of all { $count } sentences is used.

# The option of an answer that is no label, and the answer's name.
labels-offer-none = Offer “none of these”
labels-offer-none-hint =
    Adds “something else” as a competitor. If it wins, no label fits well; it is a hint, not a
    measurement.
none-of-these = none of these

# The option to learn from pictures that the person moved to labels.
labels-learn = { $count ->
    [one] Learn from the picture you moved
   *[other] Learn from the { $count } pictures you moved
}
labels-learn-hint = What the labels mean follows your examples, beside their words. Drag a picture onto a label to add one.

# A link to the labels.
labels-copy-link = Copy link
labels-copy-link-hint = Opens Glance with these labels and this prompt. No picture is in it.
labels-link = Link to these labels
labels-link-copied = The link is copied.
labels-link-copied-long = The link is copied. It is long, and some programs cut long links.
labels-link-not-copied = The browser did not copy; the link is below the button.

# Labels that a link brings. $labels are the first ones, with a full stop or an ellipsis.
labels-linked = { $count ->
    [one] This link brings 1 label: { $labels }
   *[other] This link brings { $count } labels: { $labels }
}
labels-linked-cut = It has more, but the page ranks { $most }.
labels-linked-use = Use them
labels-linked-refuse = Keep mine

# Said when all labels are replaced.
labels-removed = { $count ->
    [one] The label is removed.
   *[other] All { $count } labels are removed.
}
labels-now = { $count ->
    [one] Now 1 label is in use.
   *[other] Now { $count } labels are in use.
}
labels-full = Only the first { $most } labels are in use: the page ranks no more at a time.

# The search.
search-title = Search these pictures
search-hint = The pictures are ordered while you type, the nearest first.
# Followed by the name of a picture.
search-like = Pictures like
search-by-text = Search by text again
search-too-long = Too long for the model: only its beginning counts.

# Captions, and their table with the pictures.
captions-title = Captions, one a line
captions-hint = Every picture is compared with every caption.
captions-count = { $count ->
    [one] 1 caption
   *[other] { $count } captions
}
captions-full = { $most } captions, the most that a table holds
captions-missing = Write or paste captions to compare the pictures with.
captions-waiting = The table appears when the first picture is done.
captions-too-long = Too long: only its beginning counts.
captions-table = Pictures and captions
captions-picture = Picture
captions-more = Show { $step } of { $left } more pictures
captions-best-caption = Best caption of this picture
captions-best-picture = Best picture of this caption
captions-table-hint =
    Cosine of picture and caption. → marks each picture’s best caption, ↓ each caption’s best picture.
