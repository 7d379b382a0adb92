-- Indexes of products that older versions wrote, filled in slices.
--
-- Products whose words an older version of the service folded are in the index under words that
-- nobody types any more. These functions find them, and write them again.

-- ARGV: version of the folding, place to go on from, the most products to look at. Returns the next
-- place (or ''), and SKU, version and doc of each product that an older version folded.
local function outdated(_, args)
    local folding, from, count = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
    local skus = redis.call('ZRANGE', BY_CREATED, from, from + count - 1)
    local answer = { #skus == count and text(from + count) or '' }
    for _, sku in ipairs(skus) do
        local kept = redis.call('HMGET', product_key(sku), 'folding', 'version', 'doc')
        if tonumber(kept[1] or '0') < folding then answer[#answer + 1] = { sku, kept[2], kept[3] } end
    end
    return answer
end

-- ARGV: sku, version that idx was made of, idx. The product itself does not change. Returns 1 if
-- idx was written, and 0 if the product was changed or archived meanwhile.
local function reindex(_, args)
    local sku, idx = args[1], cjson.decode(args[3])
    local kept = redis.call('HMGET', product_key(sku), 'version', 'status', 'amount', 'created_at')
    if kept[1] ~= args[2] or kept[2] ~= 'active' then return 0 end
    local old = index_of(sku)
    leave_indexes(sku, old, idx)
    enter_indexes(sku, old, idx, kept[3], kept[4])
    return 1
end

-- Enters products that were archived before version 7 into their index. It finds them in the
-- journal, by the movements that no order made. A product that never had stock enters with its next
-- change. ARGV: place to go on from, the most entries to look at. Returns the next place (or '').
local function gather_archived(_, args)
    if redis.call('HGET', FILLED, 'archived') then return '' end
    local entries = redis.call('XRANGE', JOURNAL, args[1], '+', 'COUNT', args[2])
    for _, entry in ipairs(entries) do
        local fields = entry[2]
        local kind, lines = fields[2], fields[6]
        if kind == 'received' or kind == 'adjusted' then
            local sku = cjson.decode(lines)[1]
            local _, _, status = stock_of(sku)
            if status == 'archived' then redis.call('ZADD', ARCHIVED, 0, sku) end
        end
    end
    if #entries == tonumber(args[2]) then return '(' .. entries[#entries][1] end
    redis.call('HSET', FILLED, 'archived', '1')
    return ''
end

redis.register_function('inv1_gather_archived', gather_archived)
redis.register_function { function_name = 'inv1_outdated', callback = outdated, flags = { 'no-writes' } }
redis.register_function('inv1_reindex', reindex)
