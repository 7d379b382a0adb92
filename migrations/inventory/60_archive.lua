-- The archive: reservations of orders that ended long ago move to files. The journal stays, as it
-- is the ledger of the stock.

-- ARGV: orders. Returns order, key and fields of each that has a reservation.
local function records(_, args)
    local answer = {}
    for _, order in ipairs(args) do
        local fields = redis.call('HGETALL', reservation_key(order))
        if #fields > 0 then answer[#answer + 1] = { order, reservation_key(order), fields } end
    end
    return answer
end

-- ARGV: orders. Deletes their reservations, except holds; returns the number of deleted ones.
local function forget(_, args)
    local gone = 0
    for _, order in ipairs(args) do
        if redis.call('HGET', reservation_key(order), 'status') ~= 'held' then
            gone = gone + redis.call('DEL', reservation_key(order))
        end
    end
    return gone
end

redis.register_function { function_name = 'inv1_records', callback = records, flags = { 'no-writes' } }
redis.register_function { function_name = 'inv1_forget', callback = forget, flags = { 'allow-oom' } }
