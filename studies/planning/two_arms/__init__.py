"""Plans of two arms that the same observers judge: form, page, plan and its words."""
