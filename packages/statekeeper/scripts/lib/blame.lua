-- Which of the requests that a dead worker held take a loss: what it was running. Where the code in its process ended it, it may be the
-- doing of what waited there too: by a call, or by a timer. So that takes a loss if it waits for what takes one, or if nothing ran, and it
-- alone waits for none of the others. And it takes its first loss, unless that is fatal: from then on its worker reports what it waits for.
-- What waited takes one also where a loss is the last one of what ran: its caller may be among it, and would ask for it for ever.
local idLength = 22

-- The ids among `held` that a request waits for.
local function heldAmong(edges, held)
  local ids = {}
  for at = 1, #edges, idLength do
    local id = string.sub(edges, at, at + idLength - 1)
    if held[id] then ids[#ids + 1] = id end
  end
  return ids
end

local function blameCallers(waitsFor, blamed)
  local isGrown = true
  while isGrown do
    isGrown = false
    for id, edges in pairs(waitsFor) do
      for _, call in ipairs(edges) do
        if blamed[call] and not blamed[id] then
          blamed[id] = true
          isGrown = true
        end
      end
    end
  end
end

-- `lossesOf`: by the ids that it held. Returns a set.
local function blamedFor(lossesOf, maxAttempts, isEnded)
  local ids, fields, blamed, waitsFor, last = {}, {}, {}, {}, {}
  for id in pairs(lossesOf) do
    ids[#ids + 1] = id
    fields[#ids] = 'suspended ' .. id
  end
  local isAnyRunning, isLast = false, false
  for i, edges in ipairs(fieldsOf(notesKey, fields)) do
    local id = ids[i]
    if not edges then
      blamed[id] = true
      isAnyRunning = true
      if lossesOf[id] > 0 and lossesOf[id] + 1 >= maxAttempts then isLast = true end
    elseif isEnded then
      waitsFor[id] = heldAmong(edges, lossesOf)
      if #waitsFor[id] == 0 then last[#last + 1] = id end
    end
  end
  if not isAnyRunning and #last == 1 then blamed[last[1]] = true end
  blameCallers(waitsFor, blamed)
  for _, id in ipairs(ids) do
    if isLast or isEnded and lossesOf[id] == 0 and maxAttempts > 1 then blamed[id] = true end
  end
  return blamed
end
