-- Reads the function table.
-- needs: inbox members stamps functions
-- ARGV: none
-- reply: the function table (see lib/functions.lua)
-- bound: the number of functions
return functionTable()
