-- Reads the function table.
-- needs: inbox members functions
-- ARGV: none
-- reply: epoch, names and stamps, names and self times
-- bound: the number of functions
return functionTable()
