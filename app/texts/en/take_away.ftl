# The menu that hands answers, pictures and embeddings to other programs.
take-away-answers = The answers
take-away-csv = Save CSV
take-away-json = Save JSON
take-away-copy = Copy
take-away-pictures = The pictures, a folder a label
take-away-zip = Save ZIP
take-away-folder = Write into a folder…
take-away-embeddings = The embeddings
take-away-npy = Save .npy
take-away-safetensors = Save .safetensors
take-away-print = Print

# What came of it.
take-away-copied = Copied. Paste it into a spreadsheet.
take-away-refused = The browser did not allow it; try another way.
take-away-zip-stopped = The ZIP file was not made.
take-away-zip-failed = The ZIP file could not be made: a picture is gone, or the disk is full.
take-away-written = { $count ->
    [one] 1 picture was written.
   *[other] { $count } pictures were written.
}
take-away-stopped = Stopped: { $written } of { $total } pictures were written.
take-away-failed = Not all pictures could be written: one is gone, or the disk is full.
take-away-none-encoded = No picture has been encoded yet; try again when one is done.
take-away-embeddings-failed = The browser did not save the embeddings; try again.

# In a file, beside a picture: why its answer is missing.
take-away-no-answer = It has no answer yet.
