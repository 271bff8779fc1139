-- What each table takes with its indexes, in bytes; looks at every page, https://www.sqlite.org/dbstat.html.
SELECT item.tbl_name, sum(dbstat.pgsize)
FROM dbstat
CROSS JOIN sqlite_schema AS item ON item.name = dbstat.name
WHERE dbstat.aggregate = TRUE
GROUP BY item.tbl_name
