-- The common part of the libraries of Inventory and Payment: time, numbers, the order of texts, and
-- the epoch, which is raised with each backup. A store whose epoch is absent, or older than that of
-- Postgres, has lost newer data (order-flow section 7).

local EPOCH = TAG .. ':epoch'

local function now_ms()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- tostring() of a large number loses digits.
local function text(number) return string.format('%.0f', number) end

-- Returns whether a is less than b: numbers by value, texts by their bytes, as the indexes order
-- them. The `<` of Lua compares texts by the LC_COLLATE of the server, so no text is compared with
-- it.
local function less(a, b)
    if type(a) == 'number' then return a < b end
    for at = 1, math.min(#a, #b) do
        local one, other = string.byte(a, at), string.byte(b, at)
        if one ~= other then return one < other end
    end
    return #a < #b
end

-- Returns the epoch, or 0 if there is none.
local function epoch() return tonumber(redis.call('GET', EPOCH) or '0') end

-- Wraps a function so that it takes the epoch of the shop as its first argument. An older store
-- does nothing, and returns `older` and its own epoch.
local function guarded(callback)
    return function(keys, args)
        local found = epoch()
        if found < tonumber(table.remove(args, 1)) then return { 'older', text(found) } end
        return callback(keys, args)
    end
end

-- ARGV: epoch. Raises the epoch and never lowers it; returns the current epoch.
local function raise_epoch(_, args)
    if tonumber(args[1]) > epoch() then redis.call('SET', EPOCH, args[1]) end
    return epoch()
end

redis.register_function { function_name = NAME .. '_version', callback = function() return VERSION end, flags = { 'no-writes' } }
redis.register_function { function_name = NAME .. '_epoch', callback = epoch, flags = { 'no-writes' } }
redis.register_function { function_name = NAME .. '_raise_epoch', callback = raise_epoch, flags = { 'allow-oom' } }
