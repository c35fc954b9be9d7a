# The camera.

camera-open = Camera
camera-view = Camera
camera-video = Live picture of the camera
camera-sees = What the camera sees

# In place of the labels over the video.

camera-waiting = Waiting for the camera…
camera-no-labels = Add a label to see how it fits.
camera-not-ready = The model is not ready yet.

# Buttons. Freezing holds one frame until the person goes on.

camera-keep = Keep this picture
camera-freeze = Freeze
camera-go-on = Go on
camera-switch = Switch camera
camera-stop = Stop
camera-stays-here = Nothing leaves this device.

# What became of a picture to keep. The name is that of its file.

camera-kept = { $name } was added.
camera-not-kept = The picture could not be kept; try again.

# Why there is no camera.

camera-refused = The camera was refused; allow it in the browser's settings for this page.
camera-missing = No camera was found.
camera-busy = Another program uses the camera.
camera-ended = The camera stopped; connect it again, then open it.
camera-failed = The camera could not be opened; try again.
