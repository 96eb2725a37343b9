"""Plants single faults in the core, one at a time, and looks which the tests see."""
