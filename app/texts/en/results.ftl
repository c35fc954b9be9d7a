# The row above the pictures.
results-title = Pictures
results-pictures = { $count ->
    [one] 1 picture
   *[other] { $count } pictures
}
take-away-title = Take away
results-remove-all = Remove all

# How many pictures are where; a dot stands between these.
results-sorted = { $count } sorted
results-unsure = { $count } unsure
results-waiting = { $count } waiting
results-failed = { $count } failed

# How pictures are arranged: names of lists, each with its choices.
results-arrange = Arrange the pictures
results-groups = Groups
results-by-label = Grouped by label
results-copies = Nearly the same
results-alike = Alike
results-not-grouped = Not grouped
results-order = Order
results-by-sureness = Surest first
results-by-name = By name
results-as-added = As added
results-show = Show
results-show-every = All
results-show-unsure = Unsure ones
results-show-failed = Failed ones
results-matches = Captions and pictures
results-by-caption = By caption
results-by-picture = By picture
results-as-table = As a table

# One picture with its answer.
results-open = Open { $name }
results-remove = Remove { $name }
results-state-waiting = Waiting
results-state-running = Looking…
results-state-done = Done
results-no-label = Add a label to see how it fits.
results-no-usable-label = None of the labels can be used.
results-none-of-these = None of these
results-single-label = A single label always gets 100 %: only its cosine says something.
results-close-call = A close call with “{ $label }”.
# Before and after the label.
results-moved-to = You moved it to “
results-moved-to-end = ”.
results-too-long = Too long: only its beginning counts.
# Before a number, for screen readers.
results-cosine = cosine
results-cosine-hint = Cosine: how near picture and label are, from −1 to 1
# All labels of a picture.
results-show-all = Show all { $total }

# What was done and can be undone.
undo-removed-one = “{ $name }” was removed.
undo-removed = { $count } pictures were removed.
undo-moved = { $count ->
    [one] 1 picture was moved to “{ $label }”.
   *[other] { $count } pictures were moved to “{ $label }”.
}
undo-labels = The labels were replaced.
