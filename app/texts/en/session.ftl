# What the page says while it works: the pictures on it.

library-full = { $count ->
    [one] A page holds { $most } pictures; 1 was left out. Remove some first.
   *[other] A page holds { $most } pictures; { $count } were left out. Remove some first.
}
library-full-earlier = A page holds { $most } pictures; the later ones were left out.
library-duplicates = { $count ->
    [one] 1 picture was here already.
   *[other] { $count } pictures were here already.
}
library-gathering = Other pictures are still being added; wait, or cancel them first.
library-forgotten = The pictures are forgotten.
library-without-files = { $count ->
    [one] 1 picture of an earlier visit was left out; add its file again.
   *[other] { $count } pictures of an earlier visit were left out; add their files again.
}

# Pictures that are fetched from addresses.

library-fetch-stopped = Stopped: { $here } of { $total } pictures were added.
# $first: a sentence about the first of them.
library-fetch-failed = { $failed } of { $total } pictures failed. { $first }

# Pictures in a folder.

library-folder-refused =
    The browser does not let this page read “{ $name }”; look again and allow it, or forget the folder.
library-folder-unreadable =
    “{ $name }” cannot be read; if it was moved, choose it again, and forget it here.
library-folder-stopped =
    Stopped; new pictures in “{ $name }” so far: { $count }. Look again for the rest.
library-folder-empty = There is no picture in “{ $name }”.
library-folder-found = { $count ->
    [one] 1 picture in “{ $name }”.
   *[other] { $count } pictures in “{ $name }”.
}
library-folder-nothing-new = { $here ->
    [one] Nothing new in “{ $name }”; 1 was here already.
   *[other] Nothing new in “{ $name }”; { $here } were here already.
}
# $before is the text below.
library-folder-new = { $count ->
    [one] 1 new picture in “{ $name }”; { $before }.
   *[other] { $count } new pictures in “{ $name }”; { $before }.
}
library-folder-before = { $count ->
    [one] 1 was here already
   *[other] { $count } were here already
}

# The engine, which does the work, and the question that it is asked.

session-no-engine = This browser cannot run the engine; try a current one.
session-stopped-at-picture = The engine stopped at this picture twice; the others go on.
session-keeps-stopping = The engine keeps stopping; try again, or reload the page.
session-stopped = The engine stopped; try again.
session-no-answer = The engine gave no answer; reload the page.
session-labels-full = A page ranks { $most } labels at most.

# What the engine says, in a sentence. It is English, so in other languages one that explains it comes
# first.

failure-picture = { $message }
failure-model = { $message }
failure-connection = { $message }
failure-no-device = { $message }
failure-device = { $message }
failure-lost = { $message }
failure-cancelled = { $message }
failure-unknown = { $message }
# A label, a caption or a search.
failure-text = { $message }
# The model runs; the sentence says, for example, that it is not on the graphics card.
failure-notice = { $message }
failure-not-stored = { $message }
failure-not-remembered = { $message }
