# What is around the parts of the page.

about-here = Pictures never leave this device.
about-kept =
    Small copies of them, and the numbers that the model computed from them, stay in this browser, so
    that you can continue later. They go when you remove the pictures or forget them.
about-numbers =
    Percentages compare only the labels you give: they say which fits best, not whether any fits. The
    cosine beside them does not depend on the other labels.
about-other-language = Deutsch
