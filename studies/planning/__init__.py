"""How many images and observers a study needs: form, figures, plot, page; knows no study and no answer."""
