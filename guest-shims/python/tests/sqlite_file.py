# needs: scratch
import sqlite3

with sqlite3.connect("/scratch/data.db") as database:
    database.execute("create table t (a)")
    database.execute("insert into t values (5)")
database.close()
print(sqlite3.connect("/scratch/data.db").execute("select a from t").fetchall())
