# One picture, large.
panel-previous = Previous picture
panel-next = Next picture
panel-close = Close
panel-more-like-this = More like this
panel-remove = Remove
panel-cosine = Cosine { $cosine }
# Where in the picture a label is seen: a button behind the label, colours over the picture, a sentence.
panel-where = Where?
panel-where-found = Most like “{ $label }” { $place }.
panel-where-no-picture = The picture cannot be read again.
panel-where-upper-left = at the upper left
panel-where-top = at the top
panel-where-upper-right = at the upper right
panel-where-left = on the left
panel-where-middle = in the middle
panel-where-right = on the right
panel-where-lower-left = at the lower left
panel-where-bottom = at the bottom
panel-where-lower-right = at the lower right

# Many pictures as tiles, in sections.
grid-keys = Pictures: arrow keys move, Enter opens, Space selects, Delete removes
grid-unsure = Unsure: two labels nearly equal
grid-waiting = Not looked at yet
grid-failed = Could not be read
# Pictures that look alike, by the number of their group.
grid-group = Group { $number }
grid-group-mostly = Group { $number }: mostly { $label }
grid-no-copy = No near copy
grid-like-no-other = Like no other
grid-select-extras = Select all but the first
grid-select-extras-of = Select all but the first of { $group }
grid-select = Select { $name }
# Below a picture of an earlier visit that this model has not read.
grid-add-again = Add it again
# Below a label, in the place of a number: the person moved the picture there.
grid-by-you = by you

# What can be done with selected pictures.
select-title = Selected pictures
select-count = { $count ->
    [one] 1 selected
   *[other] { $count } selected
}
select-remove = Remove
select-clear = Clear selection
select-move-to = Move to label
select-move = Move
