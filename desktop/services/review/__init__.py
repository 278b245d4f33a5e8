"""The review of allowance files, with no portal needed: read, checked, explained, kept, searched, given.

Nothing here is imported before a review opens: polars takes longer to load than the first window to show.
"""

import os
import sys

if sys.platform == "linux":
    # Memory that is no more used goes back to the system soon, before the next step of a judgment takes as much: a
    # million lines pass through a dozen of them in some seconds. Told to the allocator before polars is loaded.
    os.environ.setdefault("_RJEM_MALLOC_CONF", "background_thread:true,narenas:2,dirty_decay_ms:50,muzzy_decay_ms:0")
