"""The electrochemistry of the textbooks, drawn and computed: the atlas page and its sections."""
