"""Files that a browser sends, piece by piece, for an import to read: judged before they are taken, resumable, swept."""
