"""Personal data: who reads it, when it ends, and the desk for those whose data it is."""
