-- Follows the noted edges (who waits for whom) from some requests, breadth first.
-- needs: record
-- ARGV: limit, then ids
-- reply: for each request met that waits: id, ids it waits for without a blank between
-- bound: limit requests looked at
local limit, idLength = tonumber(ARGV[1]), 22
local open, seen, reply = {}, {}, {}
local function meet(id)
  if seen[id] or limit <= 0 then return end
  seen[id] = true
  limit = limit - 1
  open[#open + 1] = id
end

for i = 2, #ARGV do meet(ARGV[i]) end
while #open > 0 do
  local ids, fields = open, {}
  open = {}
  for i, id in ipairs(ids) do fields[i] = 'suspended ' .. id end
  for i, edges in ipairs(fieldsOf(notesKey, fields)) do
    if edges and edges ~= '' then
      reply[#reply + 1] = ids[i]
      reply[#reply + 1] = edges
      for at = 1, limit > 0 and #edges or 0, idLength do meet(string.sub(edges, at, at + idLength - 1)) end
    end
  end
end
return reply
