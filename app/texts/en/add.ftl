# Adding pictures: drop, paste, or choose them.

add-choose = Choose pictures
add-more = Add pictures
add-folder = Folder
add-title = Drop pictures anywhere
# While files are dragged over the page.
add-let-go = Let go to add
# Stands between the title and the buttons.
add-hint = or paste them, or
add-promise = They never leave this device.
# Names of the hidden inputs for files.
add-files-input = Pictures
add-folder-input = Folder of pictures
add-folder-large =
    This folder holds more than { $count } files, and not all were read; drop a smaller one.
add-folder-dropped-empty = There is no picture in this folder; drop another.
add-folder-chosen-empty = There is no picture in this folder; choose another.
add-stop-camera = Stop the camera to add a picture by its address.
add-launch-failed = A file could not be opened; it may have been moved. Choose it here instead.
# Pictures from the system's share menu.
add-share-empty = No shared picture arrived; choose pictures here instead.
add-share-incomplete = Not all shared pictures fit at once; share the rest separately.

# Pictures of other sites, by their addresses.

add-address-open = From an address…
add-address-form = Pictures from an address
add-address-field = Address of a picture
add-address-hint =
    The picture comes from its own site, which sees this device’s address. Several: one a line.
add-address-add = Add
add-address-missing = Paste the address of a picture first.
add-address-many = These are { $count } addresses; at most { $most } can be added at a time.
# $start: the beginning of what was typed.
add-address-part = The address “{ $start }” is not whole; copy one that starts with https://.
# $site in the texts below is one of these two.
add-site = the site { $host }
add-site-unnamed = this address
add-site-unreadable =
    A picture cannot be fetched: { $site } does not let other pages read it, or is out of reach; save
    the picture and add the file.
# $status: a number such as 404.
add-site-missing = A picture is missing: { $site } has none there ({ $status }); check its address.
add-site-refused = A picture was refused by { $site } ({ $status }); save the picture and add the file.
add-site-no-picture = No picture came from { $site }; copy the address of the picture itself.
add-site-large = A picture from { $site } is larger than 100 MB; save a smaller one and add the file.
add-site-slow = A picture from { $site } took longer than 30 seconds; save it and add the file.

# Pictures of an earlier visit, and folders that were chosen before.

# $day: today, yesterday, or a date.
add-earlier = { $count ->
    [one] 1 picture from { $day }
   *[other] { $count } pictures from { $day }
}
add-earlier-continue = Continue
add-earlier-forget = Forget
add-folders = Folders
# The folder's name follows.
add-folder-look = Look again in
add-folder-forget = Forget the folder { $name }

# Pictures to try, and what a person sees in them.

add-samples = No picture at hand? Try one
add-samples-all = Try all
# In short; static/samples/CREDITS.md has them in full.
add-samples-credits =
    Pictures: Stéfan van der Walt, Rachel Michetti, Lav Varshney, Andreas Preuss (CC0); NASA, SpaceX
    (public domain).
add-samples-failed = A sample could not be fetched; try again, or choose a picture of your own.
add-sample-cat = Striped cat, close up
add-sample-coffee = Cup of coffee on a red saucer
add-sample-astronaut = Smiling woman in an orange space suit
add-sample-rocket = Rocket upright between towers at dusk
add-sample-camera = Man looking into a camera on a tripod, black and white
add-sample-horse = Black outline of a horse
