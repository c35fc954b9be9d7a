# Label sets. The labels themselves are English in every language.

sets-button = Sets
sets-title = Label sets
sets-keep = Keep the present labels, and add to them

# Sets that come with the page, and where they come from.
sets-ready-made = Ready-made
sets-everyday = Everyday things
sets-scenes = Scenes
sets-documents = Kinds of document
sets-colours = Colours
sets-moods = Moods
sets-weather = Weather
sets-source-ours = our own list
sets-source-imagenet = ImageNet-1k in OpenAI’s words
sets-missing = The set could not be fetched; try again when there is a connection.

# Sets that the person saved.
sets-mine = My sets
sets-name = Name for the present labels
sets-save = Save
sets-undo = Undo
sets-delete = Delete { $name }
sets-saved = The set is saved in this browser.
sets-deleted = “{ $name }” is deleted.
sets-restored = The set is back.
sets-no-name = Give the set a name first.
sets-no-label = There is no label to save yet.
sets-same-name = There is a set of this name already; choose another name, or delete it first.
sets-not-stored = The browser did not store the set; export the labels as a file instead.

# Sets in files.
sets-files = Files
sets-import = Import a file…
sets-export = Export
sets-file = File with labels
sets-files-hint = CSV, TSV or text, up to 1 MB, in UTF-8. It is read here and sent nowhere.
sets-nothing-to-export = There is no label to export yet.
sets-not-saved = The browser did not save the file.
sets-file-large = A list of labels may have { $most }; this one has { $size }.
sets-file-utf16 = This file is in UTF-16; save it as UTF-8 and import it again.
sets-file-not-utf8 = This file is not text in UTF-8; save it as “CSV UTF-8” and import it again.
sets-file-empty = There is no label in this file.
sets-file-unreadable = The file could not be read; it may have been moved or changed.
