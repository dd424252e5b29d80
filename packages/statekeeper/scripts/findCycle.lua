-- Follows the told edges (who waits for whom) from a request, depth first, and finds a way back to it.
-- needs:
-- ARGV: id, limit
-- reply: the ids of the cycle in order, or nothing
-- bound: limit requests looked at
local start, limit = ARGV[1], tonumber(ARGV[2])
local idLength = 22
local function edges(id) return redis.call('HGET', notesKey, 'suspended ' .. id) or '' end

local path = { { id = start, waitsFor = edges(start), at = 1 } }
local seen = {}
while #path > 0 and limit > 0 do
  local top = path[#path]
  local child = string.sub(top.waitsFor, top.at, top.at + idLength - 1)
  if child == '' then
    path[#path] = nil
  elseif child == start then
    local ids = {}
    for i, step in ipairs(path) do ids[i] = step.id end
    return ids
  else
    top.at = top.at + idLength
    if not seen[child] then
      seen[child] = true
      limit = limit - 1
      path[#path + 1] = { id = child, waitsFor = edges(child), at = 1 }
    end
  end
end
return {}
