-- Reads the function table.
-- needs: inbox members functions
-- ARGV: none
-- reply: the function table (see lib/functions.lua)
-- bound: the number of functions
return functionTable()
