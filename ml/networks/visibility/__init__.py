"""How visible a change is, as tensors through which gradients pass: what is made small beside the misreading."""
