"""The main window: its frame, the rail, the space selector, the account menu, and the desk where the pages lie."""
