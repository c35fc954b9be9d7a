# What is around the parts of the page.

page-skip = Skip to the pictures
page-tagline = Names what is in a picture, in your own words.
page-question = What to look for

# The foot of the page.

about-here = Pictures never leave this device.
about-kept =
    Small copies of them, and the numbers that the model computed from them, stay in this browser, so
    that you can continue later. They go when you remove the pictures or forget them.
about-numbers =
    Percentages compare only the labels you give: they say which fits best, not whether any fits. The
    cosine beside them does not depend on the other labels.
about-other-language = Deutsch

# The strip at the top: what is going on.

status-cancel = Cancel
status-retry = Try again
status-progress = Progress
status-packing = Packing pictures.
status-packing-step = Packing picture { $done } of { $total }
status-fetching = Fetching pictures.
status-fetching-step = Fetching picture { $done } of { $total }
# $name: a folder's name.
status-folder = Reading { $name }.
status-folder-files = Reading { $name }… { $count } files
status-no-model = The model is not loaded; pictures wait.
status-loading = Loading the model.
status-loading-of = Loading the model: { $done } of { $total }
status-loading-so-far = Loading the model: { $done }
status-reading-of = Reading the model: { $done } of { $total }
status-checking = Checking the model.
status-checking-of = Checking the model: { $done } of { $total }
status-other-tab = Another tab is downloading this model; this tab waits for it.
status-preparing = Preparing the model…
status-starting = Starting the engine…
status-looking = Looking at pictures.
status-looking-step = Looking at picture { $done } of { $total }
status-texts = Reading texts.
status-texts-step = Reading text { $done } of { $total }
status-stopped = Stopped after { $done } of { $total } pictures.
status-stopped-failed = Stopped after { $done } of { $total } pictures; { $failed } of them could not be read.
status-ready = Ready for pictures.
status-done = { $count ->
    [one] 1 picture done.
   *[other] { $count } pictures done.
}
status-failed = { $count ->
    [one] The picture could not be read.
   *[other] None of the { $count } pictures could be read.
}
status-done-failed = { $count ->
    [one] 1 picture done, { $failed } could not be read.
   *[other] { $count } pictures done, { $failed } could not be read.
}

# Taking back what was done last, and a newer version of the page.

undo = Undo
update-ready = A new version of Glance is ready.
update-ready-pictures = A new version of Glance is ready. After the reload, “Continue” brings back your pictures.
update-now = Reload to update
update-later = Later

# A part of the page whose code is fetched when it is first shown.

part-loading = Loading…
part-failed = This part of the page could not be loaded.
part-retry = Try again

# Days, within a sentence.

day-today = today
day-yesterday = yesterday
