"""Every table, the session that reads, the session that writes, the totals kept with the data, migrations."""
