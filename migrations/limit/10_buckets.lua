#!lua name=lim1
-- Rate limits, contract number 1: buckets of cells (GCRA). Each bucket keeps the time at which it
-- is full again, in microseconds since 1970. A bucket without a key is full, and a key expires when
-- its bucket is full, so nothing needs cleaning up.

local VERSION = 1
local TAG = '{lim}'

-- tostring() of a large number loses digits.
local function text(number) return string.format('%.0f', number) end

-- ARGV: the most cells to take, then for each bucket: name, microseconds in which a cell comes
-- back, cells of a full bucket. Takes the same number of cells from each bucket: as many as all of
-- them have, up to the most. Returns that number, and the rest of each bucket in microseconds.
local function take(_, args)
    local time = redis.call('TIME')
    local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
    local granted, full_at = tonumber(args[1]), {}
    for at = 2, #args, 3 do
        local interval, burst = tonumber(args[at + 1]), tonumber(args[at + 2])
        -- A time further ahead than from empty to full was written before the clock stepped back,
        -- or under another policy.
        local kept = math.min(tonumber(redis.call('GET', TAG .. ':' .. args[at]) or now), now + interval * burst)
        full_at[at] = math.max(kept, now)
        granted = math.min(granted, math.floor((now + interval * burst - full_at[at]) / interval))
    end
    local answer = { granted }
    for at = 2, #args, 3 do
        local interval, burst = tonumber(args[at + 1]), tonumber(args[at + 2])
        if granted > 0 then
            full_at[at] = full_at[at] + granted * interval
            redis.call('SET', TAG .. ':' .. args[at], text(full_at[at]), 'PX', text(math.ceil((full_at[at] - now) / 1000)))
        end
        answer[#answer + 1] = now + interval * burst - full_at[at]
    end
    return answer
end

redis.register_function { function_name = 'lim1_version', callback = function() return VERSION end, flags = { 'no-writes' } }
-- allow-oom: if no memory is left, customers must still be able to cancel an order, to read it and
-- to query its outcome. All of these requests are counted here. A bucket takes some hundred bytes,
-- and only while it is not full (10 ms after a single read). A refused request writes nothing. The
-- functions that create data refuse new data themselves.
redis.register_function { function_name = 'lim1_take', callback = take, flags = { 'allow-oom' } }
