-- Which of the requests that a dead worker held take a loss: what it was running. What waited there takes one, too, in two cases:
-- where the code in its process ended it, by a call or by a timer, and where what ran takes its last loss, since its caller would ask for it
-- forever. Then a request is blamed if it waits for a blamed one, or for something unknown; and, where nothing ran, the only one that
-- waits for none of the others. If the code ended it, what has no loss takes its first one, unless that is fatal: from then on its worker reports what it waits for.
local idLength = 22

local function idsIn(edges)
  local ids = {}
  for at = 1, #edges, idLength do ids[#ids + 1] = string.sub(edges, at, at + idLength - 1) end
  return ids
end

-- What it waited for has ended, and its worker has not reported yet that it goes on.
local function hasGoneOn(ids)
  for _, id in ipairs(ids) do
    if redis.call('HEXISTS', requestsKey, id) == 1 then return false end
  end
  return #ids > 0
end

local function amongHeld(ids, held)
  local found = {}
  for _, id in ipairs(ids) do
    if held[id] then found[#found + 1] = id end
  end
  return found
end

local function blameCallers(waitsFor, blamed)
  local isGrown = true
  while isGrown do
    isGrown = false
    for id, calls in pairs(waitsFor) do
      for _, call in ipairs(calls) do
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
  local ids, fields, blamed, waitsFor = {}, {}, {}, {}
  for id in pairs(lossesOf) do
    ids[#ids + 1] = id
    fields[#ids] = 'suspended ' .. id
  end
  local isAnyRunning, isLast = false, false
  for i, edges in ipairs(fieldsOf(notesKey, fields)) do
    local id, calls = ids[i], edges and idsIn(edges)
    if not calls or hasGoneOn(calls) then
      blamed[id] = true
      isAnyRunning = true
      if lossesOf[id] > 0 and lossesOf[id] + 1 >= maxAttempts then isLast = true end
    else
      waitsFor[id] = calls
    end
  end
  if not isEnded and not isLast then return blamed end
  local last, further = {}, {}
  for id, calls in pairs(waitsFor) do
    local among = amongHeld(calls, lossesOf)
    if #among == 0 then last[#last + 1] = id end
    local isFirst = isEnded and lossesOf[id] == 0 and maxAttempts > 1
    if isFirst or isLast and #calls == 0 then further[#further + 1] = id end
    waitsFor[id] = among
  end
  if not isAnyRunning and #last == 1 then blamed[last[1]] = true end
  blameCallers(waitsFor, blamed)
  for _, id in ipairs(further) do blamed[id] = true end
  return blamed
end
