"""What a lesion of each diagnosis looks like; knows the canvas it is drawn on."""
