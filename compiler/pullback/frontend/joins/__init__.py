"""Where paths meet: what the arms of a conditional or the trips of a loop leave, as one value."""
