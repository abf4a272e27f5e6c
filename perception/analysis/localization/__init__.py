"""Where a change was marked: the LROC curve, and shares of right places."""
