# The name of the model on the top bar, and the line beside the pictures.

models-title = Models
models-chip-title = Models: which one is used, and where it runs
models-larger-near = A larger CLIP is one click away.
models-others = Other models

# The sheet of models, with the one in use first.

models-close = Close
models-in-use = In use
models-not-ready = The model is not ready yet.
# $runs is a sentence on where it runs.
models-in-use-facts = Model: { $name }, { $size }, { $license }. { $runs }
models-license-unknown = licence unknown
models-use-own = Go back to Glance's own model

# Where the model runs.

device-label = Runs on
device-automatic = Automatic
device-card = Graphics card
device-card-emulated = Graphics card (emulated here, slow)
device-card-missing = Graphics card (none in this browser)
device-processor = Processor
# Behind the name of the model.
device-on-card = graphics card
device-on-processor = processor

# Why it runs there. $ratio is a number such as 1.5.

device-why-card-chosen = It runs on the graphics card, as you chose.
device-why-processor-chosen = It runs on the processor, as you chose.
device-why-card-missing = It runs on the processor: this browser offers no graphics card.
device-why-card-emulated =
    It runs on the processor: the graphics card here is emulated in software, which is slower.
device-why-card-failed = It runs on the processor: the graphics card failed at this model.
device-why-card-equal =
    It runs on the graphics card, which was measured about as fast as the processor here.
device-why-card-faster =
    It runs on the graphics card, which was measured { $ratio } times as fast as the processor here.
device-why-processor-equal =
    It runs on the processor, which was measured about as fast as the graphics card here.
device-why-processor-faster =
    It runs on the processor, which was measured { $ratio } times as fast as the graphics card here.

# The models on this device.

models-stored = On this device
models-stored-unknown = Looking at what is stored…
models-stored-refused =
    This browser does not let the page store models (a private window, or storage switched off), so each
    visit fetches them again.
models-stored-none = No model is stored here yet.
models-stored-part = { $stored } of { $size } here
models-license-not-named = licence not named
models-from-page = comes with this page
models-from-address = from { $address }
models-from-hub = { $repository } on the Hugging Face Hub
models-from-files = from files
models-stored-facts = { $size } · { $license } · { $from } · added { $day }
models-stored-facts-cut-short =
    { $size } · { $license } · { $from } · added { $day }. Choose its files again to restore the rest.

# Buttons of a model. Screen readers say the button's text with the model's name.

models-action-of = { $action } { $name }
models-use = Use
models-resume = Resume download
models-check = Check
models-delete = Delete
models-delete-for-good = Delete for good
models-delete-for-good-of = Delete for good: { $name }
models-keep = Keep

# What became of it.

models-checking = Checking { $name }…
models-check-stopped = The check of { $name } was stopped.
models-sound = All of { $name } is stored as it should be.
models-damaged-fetched = { $count ->
    [one] 1 piece of { $name } was damaged and is removed; it is fetched again when the model is next used.
   *[other] { $count } pieces of { $name } were damaged and are removed; they are fetched again when the model is next used.
}
models-damaged-files = { $count ->
    [one] 1 piece of { $name } was damaged and is removed; it is restored when its files are chosen again.
   *[other] { $count } pieces of { $name } were damaged and are removed; they are restored when its files are chosen again.
}
models-deleting = Deleting { $name }…
models-deleted = { $name } is deleted.
models-deleted-in-use =
    { $name } is deleted. It stays in use until another model is loaded or the page closes.
models-engine-starting = The engine is still starting; try again in a moment.
models-engine-stopped = The engine stopped while doing this; try again.

# The models that are one click away.

models-listed = Get another
models-listed-hint =
    A click fetches the model from the Hugging Face Hub; pictures and labels stay here. The hub then sees
    your address and which model you fetch, never your pictures or labels. ImageNet: how many of 100
    photographs it names correctly, out of 1000 classes, as its authors report. Speed: measured here, one
    picture at a time.
models-recommended = Recommended here
models-loading = Loading…
models-small = Small
models-balanced = Balanced
models-best = Best
models-speed-pictures = { $count ->
    [one] about 1 picture a second here
   *[other] about { $count } pictures a second here
}
models-speed-seconds = { $count ->
    [one] about 1 second a picture here
   *[other] about { $count } seconds a picture here
}
# All of them read English.
models-listed-facts = About { $download } to download, { $stored } kept and held in memory · English · { $license }

# What each of them is good at.

models-good-demo = Everyday things, animals, food and emoji; weak on scenes, text, faces and fine detail.
models-good-tinyclip-8m-16 = Small and quick, on phones too: everyday things, animals, food and some scenes.
models-good-openai-b-32 = A good all-rounder: things, scenes, styles, and short text in a picture.
models-good-datacomp-b-32 = As quick as OpenAI’s B/32 and more often right; its training data is documented.
models-good-openai-b-16 = Sees smaller details than B/32, at about a quarter of its speed.
models-good-datacomp-b-16 = As quick as OpenAI’s B/16 and more often right.
models-good-openai-l-14 = Knows much more and sees finer details; best with a graphics card.
models-good-datacomp-l-14 = The most often right of this list; best with a graphics card.

# Any other model.

models-other = Other models and storage
models-files = From this device
models-files-hint =
    OpenAI’s .pt files, or a folder with weights (safetensors, .bin) and their configuration, or a file made
    by glance pack. It is read here and sent nowhere.
models-choose-files = Choose files
models-choose-folder = Choose a folder
models-files-input = Model files
models-folder-input = Model folder
models-hub = From the Hugging Face Hub
models-hub-hint =
    Owner and name, such as openai/clip-vit-base-patch32. The hub then sees your address and which model you
    fetch, never your pictures or labels.
models-look-up = Look up
models-looking = Looking at it…
models-found =
    { $name }: { $size } to read, about { $kept } kept and held in memory. Licence: { $license }.
# The licence, in the sentence above.
models-found-license-none = not named
models-found-room = The browser says that about { $free } more may be stored.
models-found-no-room =
    The browser says that about { $free } more may be stored, so this model would run for this visit only;
    delete stored models to make room.
models-use-found = Use this model

# What the browser lets the page store.

models-room =
    The page and its models take { $used }; the browser says that about { $free } more may be stored.
models-room-unknown = The browser does not say how much this page may store.
models-kept = The browser keeps it until you delete it.
models-not-kept = The browser may remove it when this device runs short of space.
models-ask-to-keep = Ask the browser to keep them
models-keep-granted = The browser keeps the models until you delete them.
models-keep-refused =
    The browser does not promise it now. Most do for a page that is installed or bookmarked, or is visited
    often.

# A model or a device that failed. $why is a sentence.

models-no-address = This page has no address that models can be fetched from.
models-previous-again = { $why } The previous model is used again.
models-own-instead = { $why } Glance’s own model is used instead.
models-own-possible = You can go back to Glance’s own model under “Models”.
models-removed = The browser had removed the stored model, so it was fetched again.
models-removed-advice =
    The browser had removed the stored model, so it was fetched again. To have it kept, see “Other models and
    storage” under “Models”.
models-removed-offline =
    The browser had removed the stored model; it is fetched again when there is a connection.
device-before-again = { $why } It runs where it ran before.
device-processor-instead = The graphics card cannot be used now, so the processor does the work.
