// The fixed tables: Microsoft's ranges, networks by number, words in organisations' names.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/address_ranges.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define V4_BITS(bits) (96 + (bits))
#define V4(a, b, c, d)                                                                             \
    {                                                                                              \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (a), (b), (c), (d)                               \
    }
#define G(group) (group) >> 8, (group)&0xff // two bytes of an IPv6 address

static bool in_prefix(const uint8_t base[16], unsigned bits, const struct ip *ip)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(base, ip->bytes, whole) != 0)
        return false;
    return rest == 0 || (base[whole] ^ ip->bytes[whole]) >> (8 - rest) == 0;
}

// ---- not of the public Internet -----------------------------------------------------------------

// What base/net.h calls reserved, told apart (IANA special-purpose address registries).
static const struct {
    uint8_t base[16];
    uint8_t bits;
    enum address_class class;
} special_ranges[] = {
    {V4(10, 0, 0, 0), V4_BITS(8), ADDRESS_PRIVATE},
    {V4(100, 64, 0, 0), V4_BITS(10), ADDRESS_PRIVATE}, // shared by a carrier's customers
    {V4(127, 0, 0, 0), V4_BITS(8), ADDRESS_LOOPBACK},
    {V4(169, 254, 0, 0), V4_BITS(16), ADDRESS_LOOPBACK}, // link-local
    {V4(172, 16, 0, 0), V4_BITS(12), ADDRESS_PRIVATE},
    {V4(192, 168, 0, 0), V4_BITS(16), ADDRESS_PRIVATE},
    {{[15] = 1}, 128, ADDRESS_LOOPBACK},
    {{G(0xfc00)}, 7, ADDRESS_PRIVATE},
    {{G(0xfe80)}, 10, ADDRESS_LOOPBACK}, // link-local
};

enum address_class address_special(const struct ip *ip)
{
    if (!ip_is_reserved(ip))
        return ADDRESS_UNKNOWN;
    for (size_t i = 0; i < COUNT(special_ranges); i++)
        if (in_prefix(special_ranges[i].base, special_ranges[i].bits, ip))
            return special_ranges[i].class;
    return ADDRESS_RESERVED;
}

bool address_is_somewhere(const struct ip *ip)
{
    enum address_class class = address_special(ip);
    return class == ADDRESS_UNKNOWN || class == ADDRESS_RESERVED;
}

// ---- Microsoft ----------------------------------------------------------------------------------

// From Microsoft's list "Microsoft 365 URLs and IP address ranges", worldwide
// (https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges; web service
// https://endpoints.office.com): which service has which range by the list's version 2022072800 (ids
// 1, 2, 9, 10 Exchange; 56 sign-in; the others Office), additions by the mirrors of 4 Nov 2024 and
// 12 Jul 2026. Single addresses inside Azure's regions are left out.
// Lines marked "seen" are in no list: mailbox servers (*.prod.outlook.com, asia, europe, north
// america, australia, latin america) that name themselves so in Received lines of public mail; mailbox
// audit records have such addresses for work of the service's own back end.
// In order, and none inside another.
static const struct {
    uint8_t base[16];
    uint8_t bits;
    enum address_service service;
} microsoft_ranges[] = {
    {V4(13, 107, 6, 152), V4_BITS(31), ADDRESS_EXCHANGE},
    {V4(13, 107, 6, 171), V4_BITS(32), ADDRESS_OFFICE},
    {V4(13, 107, 6, 192), V4_BITS(32), ADDRESS_OFFICE},
    {V4(13, 107, 9, 192), V4_BITS(32), ADDRESS_OFFICE},
    {V4(13, 107, 18, 10), V4_BITS(31), ADDRESS_EXCHANGE},
    {V4(13, 107, 18, 15), V4_BITS(32), ADDRESS_OFFICE},
    {V4(13, 107, 128, 0), V4_BITS(22), ADDRESS_EXCHANGE},
    {V4(13, 107, 136, 0), V4_BITS(22), ADDRESS_OFFICE},
    {V4(13, 107, 140, 6), V4_BITS(32), ADDRESS_OFFICE},
    {V4(20, 20, 32, 0), V4_BITS(19), ADDRESS_ENTRA},
    {V4(20, 190, 128, 0), V4_BITS(18), ADDRESS_ENTRA},
    {V4(20, 231, 128, 0), V4_BITS(19), ADDRESS_ENTRA},
    {V4(23, 103, 160, 0), V4_BITS(20), ADDRESS_EXCHANGE},
    {V4(40, 92, 0, 0), V4_BITS(15), ADDRESS_EXCHANGE},
    {V4(40, 96, 0, 0), V4_BITS(13), ADDRESS_EXCHANGE},
    {V4(40, 104, 0, 0), V4_BITS(15), ADDRESS_EXCHANGE},
    {V4(40, 107, 0, 0), V4_BITS(16), ADDRESS_EXCHANGE},
    {V4(40, 108, 128, 0), V4_BITS(17), ADDRESS_OFFICE},
    {V4(40, 126, 0, 0), V4_BITS(18), ADDRESS_ENTRA},
    {V4(52, 96, 0, 0), V4_BITS(13), ADDRESS_EXCHANGE},
    {V4(52, 104, 0, 0), V4_BITS(13), ADDRESS_OFFICE},
    {V4(52, 112, 0, 0), V4_BITS(14), ADDRESS_OFFICE},
    {V4(52, 122, 0, 0), V4_BITS(15), ADDRESS_OFFICE},
    {V4(52, 238, 78, 88), V4_BITS(32), ADDRESS_EXCHANGE},
    {V4(52, 244, 37, 168), V4_BITS(32), ADDRESS_OFFICE},
    {V4(104, 47, 0, 0), V4_BITS(17), ADDRESS_EXCHANGE},
    {V4(104, 146, 128, 0), V4_BITS(17), ADDRESS_OFFICE},
    {V4(131, 253, 33, 215), V4_BITS(32), ADDRESS_EXCHANGE},
    {V4(132, 245, 0, 0), V4_BITS(16), ADDRESS_EXCHANGE},
    {V4(150, 171, 32, 0), V4_BITS(22), ADDRESS_EXCHANGE},
    {V4(150, 171, 40, 0), V4_BITS(22), ADDRESS_OFFICE},
    {V4(204, 79, 197, 215), V4_BITS(32), ADDRESS_EXCHANGE},
    {{G(0x2603), G(0x1006)}, 40, ADDRESS_EXCHANGE},
    {{G(0x2603), G(0x1006), G(0x1400)}, 40, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1006), G(0x2000)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1007), G(0x200)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1016)}, 36, ADDRESS_EXCHANGE},
    {{G(0x2603), G(0x1016), G(0x1400)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1016), G(0x2400)}, 40, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1017)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1026)}, 36, ADDRESS_EXCHANGE},
    {{G(0x2603), G(0x1026), G(0x2400)}, 40, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1026), G(0x3000)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1027)}, 48, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1027), G(0x1)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1036)}, 36, ADDRESS_EXCHANGE},
    {{G(0x2603), G(0x1036), G(0x2400)}, 40, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1036), G(0x3000)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1037)}, 48, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1037), G(0x1)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1046)}, 36, ADDRESS_EXCHANGE},
    {{G(0x2603), G(0x1046), G(0x1400)}, 40, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1046), G(0x2000)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1047)}, 48, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1047), G(0x1)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1056)}, 36, ADDRESS_EXCHANGE},
    {{G(0x2603), G(0x1056), G(0x1400)}, 40, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1056), G(0x2000)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1057)}, 48, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1057), G(0x2)}, 48, ADDRESS_ENTRA},
    {{G(0x2603), G(0x1061), G(0x1300)}, 40, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1063)}, 38, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1063), G(0x2000)}, 38, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1063), G(0x6000)}, 35, ADDRESS_OFFICE},
    {{G(0x2603), G(0x1096)}, 32, ADDRESS_EXCHANGE}, // seen
    {{G(0x2603), G(0x10a6)}, 32, ADDRESS_EXCHANGE}, // seen
    {{G(0x2603), G(0x10b6)}, 32, ADDRESS_EXCHANGE}, // seen
    {{G(0x2603), G(0x10c6)}, 32, ADDRESS_EXCHANGE}, // seen
    {{G(0x2603), G(0x10d6)}, 32, ADDRESS_EXCHANGE}, // seen
    {{G(0x2620), G(0x1ec), G(0x4), G(0x0), G(0x0), G(0x0), G(0x0), G(0x152)},
     127,
     ADDRESS_EXCHANGE},
    {{G(0x2620), G(0x1ec), G(0x4), G(0x0), G(0x0), G(0x0), G(0x0), G(0x192)}, 128, ADDRESS_OFFICE},
    {{G(0x2620), G(0x1ec), G(0x6)}, 48, ADDRESS_OFFICE},
    {{G(0x2620), G(0x1ec), G(0xc), G(0x0), G(0x0), G(0x0), G(0x0), G(0x10)}, 127, ADDRESS_EXCHANGE},
    {{G(0x2620), G(0x1ec), G(0xc), G(0x0), G(0x0), G(0x0), G(0x0), G(0x15)}, 128, ADDRESS_OFFICE},
    {{G(0x2620), G(0x1ec), G(0xd), G(0x0), G(0x0), G(0x0), G(0x0), G(0x10)}, 127, ADDRESS_EXCHANGE},
    {{G(0x2620), G(0x1ec), G(0x40)}, 42, ADDRESS_OFFICE},
    {{G(0x2620), G(0x1ec), G(0x8f0)}, 46, ADDRESS_EXCHANGE},
    {{G(0x2620), G(0x1ec), G(0x8f8)}, 46, ADDRESS_OFFICE},
    {{G(0x2620), G(0x1ec), G(0x8fc), G(0x0), G(0x0), G(0x0), G(0x0), G(0x6)}, 128, ADDRESS_OFFICE},
    {{G(0x2620), G(0x1ec), G(0x900)}, 46, ADDRESS_EXCHANGE},
    {{G(0x2620), G(0x1ec), G(0x908)}, 46, ADDRESS_OFFICE},
    {{G(0x2620), G(0x1ec), G(0xa92), G(0x0), G(0x0), G(0x0), G(0x0), G(0x152)},
     127,
     ADDRESS_EXCHANGE},
    {{G(0x2620), G(0x1ec), G(0xa92), G(0x0), G(0x0), G(0x0), G(0x0), G(0x171)},
     128,
     ADDRESS_OFFICE},
    {{G(0x2620), G(0x1ec), G(0xa92), G(0x0), G(0x0), G(0x0), G(0x0), G(0x192)},
     128,
     ADDRESS_OFFICE},
    {{G(0x2a01), G(0x111), G(0xf400)}, 48, ADDRESS_EXCHANGE},
    {{G(0x2a01), G(0x111), G(0xf402)}, 48, ADDRESS_OFFICE},
    {{G(0x2a01), G(0x111), G(0xf403)}, 48, ADDRESS_EXCHANGE},
};

enum address_service address_service_of(const struct ip *ip)
{
    // The last range that begins at or before the address is the only one that can have it.
    size_t low = 0, high = COUNT(microsoft_ranges);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(microsoft_ranges[middle].base, ip->bytes, 16) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low && in_prefix(microsoft_ranges[low - 1].base, microsoft_ranges[low - 1].bits, ip))
        return microsoft_ranges[low - 1].service;
    return ADDRESS_NO_SERVICE;
}

// ---- networks by number -------------------------------------------------------------------------

// Well-known networks whose customers are servers (hosting: also clouds, content networks, VPN and Tor
// exits) or phones (mobile: networks of carriers that are for their mobile customers alone or nearly
// so; a carrier that has fixed and mobile customers behind one number is not here). Names of the
// numbers as in RouteViews and DB-IP data of 17 Jun 2026. Not complete and not meant to be: what is
// not here may still be known by a word in its name. In order.
static const struct {
    uint32_t asn;
    enum address_class class;
} numbers[] = {
    {3598, ADDRESS_MICROSOFT},  // Microsoft
    {6167, ADDRESS_MOBILE},     // Verizon Business (formerly Cellco, Verizon Wireless)
    {7979, ADDRESS_HOSTING},    // Servers.com
    {8068, ADDRESS_MICROSOFT},  // Microsoft
    {8069, ADDRESS_MICROSOFT},  // Microsoft
    {8070, ADDRESS_MICROSOFT},  // Microsoft
    {8071, ADDRESS_MICROSOFT},  // Microsoft
    {8075, ADDRESS_MICROSOFT},  // Microsoft
    {8100, ADDRESS_HOSTING},    // QuadraNet Enterprises
    {8374, ADDRESS_MOBILE},     // Polkomtel Sp. z o.o.
    {8560, ADDRESS_HOSTING},    // IONOS SE (1&1)
    {8987, ADDRESS_HOSTING},    // Amazon Data Services Ireland
    {9009, ADDRESS_HOSTING},    // M247 Europe SRL
    {9123, ADDRESS_HOSTING},    // JSC TIMEWEB
    {9605, ADDRESS_MOBILE},     // NTT DOCOMO, INC.
    {9644, ADDRESS_MOBILE},     // SK Telecom
    {10139, ADDRESS_MOBILE},    // Smart Broadband
    {12076, ADDRESS_MICROSOFT}, // Microsoft
    {12876, ADDRESS_HOSTING},   // Scaleway
    {12912, ADDRESS_MOBILE},    // T-Mobile Polska
    {13280, ADDRESS_MOBILE},    // Three Ireland (Hutchison) limited
    {13335, ADDRESS_HOSTING},   // Cloudflare
    {14061, ADDRESS_HOSTING},   // DigitalOcean
    {14618, ADDRESS_HOSTING},   // Amazon.com
    {15169, ADDRESS_HOSTING},   // Google
    {15796, ADDRESS_MOBILE},    // Salt Mobile
    {16135, ADDRESS_MOBILE},    // TURKCELL ILETISIM HIZMETLERI A.S.
    {16276, ADDRESS_HOSTING},   // OVH
    {16509, ADDRESS_HOSTING},   // Amazon.com
    {17421, ADDRESS_MOBILE},    // Mobile Business Group (Chunghwa mobile)
    {20057, ADDRESS_MOBILE},    // AT&T Enterprises (AT&T Mobility)
    {20278, ADDRESS_HOSTING},   // Nexeon Technologies
    {20473, ADDRESS_HOSTING},   // The Constant Company (Vultr)
    {20940, ADDRESS_HOSTING},   // Akamai International
    {21859, ADDRESS_HOSTING},   // Zenlayer
    {21928, ADDRESS_MOBILE},    // T-Mobile USA
    {22394, ADDRESS_MOBILE},    // Verizon Business (formerly Cellco, Verizon Wireless)
    {22612, ADDRESS_HOSTING},   // Namecheap
    {23470, ADDRESS_HOSTING},   // ReliableSite.Net
    {23693, ADDRESS_MOBILE},    // PT. Telekomunikasi Selular
    {24158, ADDRESS_MOBILE},    // Taiwan Mobile Co.
    {24203, ADDRESS_MOBILE},    // PT XL Axiata
    {24940, ADDRESS_HOSTING},   // Hetzner Online
    {25106, ADDRESS_MOBILE},    // Mobile TeleSystems JLLC
    {25135, ADDRESS_MOBILE},    // Vodafone
    {25820, ADDRESS_HOSTING},   // IT7 Networks
    {26347, ADDRESS_HOSTING},   // New Dream Network (DreamHost)
    {26496, ADDRESS_HOSTING},   // GoDaddy.com
    {26611, ADDRESS_MOBILE},    // COMCEL (Claro Colombia)
    {28403, ADDRESS_MOBILE},    // RadioMovil Dipsa, S.A. de C.V. (Telcel)
    {28753, ADDRESS_HOSTING},   // Leaseweb Deutschland
    {29066, ADDRESS_HOSTING},   // velia.net Internetdienste
    {29180, ADDRESS_MOBILE},    // Telefonica UK
    {29802, ADDRESS_HOSTING},   // HIVELOCITY
    {29975, ADDRESS_MOBILE},    // Vodacom
    {30633, ADDRESS_HOSTING},   // Leaseweb USA
    {31133, ADDRESS_MOBILE},    // PJSC MegaFon
    {31898, ADDRESS_HOSTING},   // Oracle
    {32244, ADDRESS_HOSTING},   // Liquid Web
    {33387, ADDRESS_HOSTING},   // Nocix
    {35106, ADDRESS_MICROSOFT}, // Microsoft
    {35819, ADDRESS_MOBILE},    // Etihad Etisalat, a joint stock company
    {36040, ADDRESS_HOSTING},   // Google
    {36351, ADDRESS_HOSTING},   // IBM Cloud
    {36352, ADDRESS_HOSTING},   // HostPapa (ColoCrossing)
    {36992, ADDRESS_MOBILE},    // ETISALAT MISR
    {37069, ADDRESS_MOBILE},    // The Egyptian Company for Mobile Services (Mobinil) (Orange Egypt)
    {37963, ADDRESS_HOSTING},   // Hangzhou Alibaba Advertising Co.,Ltd.
    {38266, ADDRESS_MOBILE},    // Vodafone Idea Ltd. (VIL)
    {39351, ADDRESS_HOSTING},   // 31173 Services (Mullvad VPN)
    {39603, ADDRESS_MOBILE},    // P4 Sp. z o.o.
    {40676, ADDRESS_HOSTING},   // Psychz Networks
    {41436, ADDRESS_HOSTING},   // Kamatera
    {42708, ADDRESS_HOSTING},   // GleSYS
    {43766, ADDRESS_MOBILE},    // Mobile Telecommunication Company Saudi Arabia Joint-Stock company
    {44034, ADDRESS_MOBILE},    // Hi3G Access
    {44477, ADDRESS_HOSTING},   // AS44477 (Stark Industries)
    {45090, ADDRESS_HOSTING},   // Shenzhen Tencent Computer Systems Company
    {45102, ADDRESS_HOSTING},   // Alibaba (US) Technology Co.
    {45139, ADDRESS_MICROSOFT}, // Microsoft Singapore Pte.
    {45143, ADDRESS_MOBILE},    // Singapore Telecom Mobile Pte
    {45271, ADDRESS_MOBILE},    // Vodafone Idea Ltd. (VIL)
    {45609, ADDRESS_MOBILE},    // Bharti Airtel
    {45669, ADDRESS_MOBILE},    // Mobilink GSM, Pakistan Mobile Communication
    {45727, ADDRESS_MOBILE},    // PT Indosat Ooredoo Hutchison
    {46475, ADDRESS_HOSTING},   // Limestone Networks
    {46562, ADDRESS_HOSTING},   // Performive
    {46606, ADDRESS_HOSTING},   // Unified Layer (Bluehost)
    {47583, ADDRESS_HOSTING},   // Hostinger International
    {48282, ADDRESS_HOSTING},   // Hosting technology LTD
    {49505, ADDRESS_HOSTING},   // JSC Selectel
    {49981, ADDRESS_HOSTING},   // WorldStream
    {50304, ADDRESS_HOSTING},   // Blix Solutions
    {51167, ADDRESS_HOSTING},   // Contabo
    {51207, ADDRESS_MOBILE},    // Free Mobile
    {51396, ADDRESS_HOSTING},   // Pfcloud UG (haftungsbeschrankt)
    {51852, ADDRESS_HOSTING},   // Private Layer INC
    {53667, ADDRESS_HOSTING},   // FranTech Solutions (BuyVM)
    {54113, ADDRESS_HOSTING},   // Fastly
    {55286, ADDRESS_HOSTING},   // B2 Net Solutions (ServerMania)
    {55293, ADDRESS_HOSTING},   // A2 Hosting
    {55410, ADDRESS_MOBILE},    // Vodafone Idea Ltd. (VIL)
    {55836, ADDRESS_MOBILE},    // Reliance Jio Infocomm (Jio)
    {55990, ADDRESS_HOSTING},   // Huawei Cloud Service data center
    {57169, ADDRESS_HOSTING},   // EDIS
    {58862, ADDRESS_MICROSOFT}, // Microsoft (China) Co.
    {59253, ADDRESS_HOSTING},   // LEASEWEB SINGAPORE
    {60068, ADDRESS_HOSTING},   // Datacamp (CDN77)
    {60729, ADDRESS_HOSTING},   // Stiftung Erneuerbare Freiheit (Tor exits)
    {60781, ADDRESS_HOSTING},   // LeaseWeb Netherlands
    {62240, ADDRESS_HOSTING},   // Clouvider
    {62904, ADDRESS_HOSTING},   // Eonix
    {63023, ADDRESS_HOSTING},   // GTHost
    {63314, ADDRESS_MICROSOFT}, // Microsoft
    {63949, ADDRESS_HOSTING},   // Akamai Technologies (Linode)
    {64200, ADDRESS_HOSTING},   // VIVID-HOSTING
    {132203, ADDRESS_HOSTING},  // Shenzhen Tencent Computer Systems Company
    {132618, ADDRESS_MOBILE},   // True Move Company
    {133612, ADDRESS_MOBILE},   // Vodafone Australia Pty
    {136787, ADDRESS_HOSTING},  // PacketHub (VPN exits)
    {136907, ADDRESS_HOSTING},  // HUAWEI INTERNATIONAL
    {197540, ADDRESS_HOSTING},  // netcup
    {199524, ADDRESS_HOSTING},  // G-Core Labs
    {200019, ADDRESS_HOSTING},  // ALEXHOST SRL
    {200517, ADDRESS_MICROSOFT}, // Microsoft Deutschland MCIO
    {202425, ADDRESS_HOSTING},   // IP Volume inc
    {206067, ADDRESS_MOBILE},    // Hutchison 3G UK
    {206092, ADDRESS_HOSTING},   // F.N.S. HOLDINGS LIMITED (VPN exits)
    {207990, ADDRESS_HOSTING},   // HostRoyale Technologies
    {209242, ADDRESS_HOSTING},   // Cloudflare London
    {210644, ADDRESS_HOSTING},   // AEZA INTERNATIONAL LTD
    {212238, ADDRESS_HOSTING},   // Datacamp (CDN77)
    {212317, ADDRESS_HOSTING},   // Hetzner Online
    {213230, ADDRESS_HOSTING},   // Hetzner Online
    {394380, ADDRESS_HOSTING},   // Leaseweb USA
    {395954, ADDRESS_HOSTING},   // Leaseweb USA
    {396362, ADDRESS_HOSTING},   // Leaseweb USA
    {396982, ADDRESS_HOSTING},   // Google
};

enum address_class address_class_of_number(uint32_t asn)
{
    size_t low = 0, high = COUNT(numbers);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (numbers[middle].asn == asn)
            return numbers[middle].class;
        if (numbers[middle].asn < asn)
            low = middle + 1;
        else
            high = middle;
    }
    return ADDRESS_UNKNOWN;
}

// ---- words --------------------------------------------------------------------------------------

// Tried on the 91,065 names of those data: words whose networks are mostly what the word says. It is
// a hint and says so (ADDRESS_BY_WORD): "City of St. Cloud" is no hosting. "wireless" is not here
// (mostly fixed links in the country), nor "dedicated", "proxy", "telecom".
static const struct {
    struct str word;
    enum address_class class;
} words[] = {
    {STR("hosting"), ADDRESS_HOSTING},     {STR("hoster"), ADDRESS_HOSTING},
    {STR("hosted"), ADDRESS_HOSTING},      {STR("vps"), ADDRESS_HOSTING},
    {STR("cloud"), ADDRESS_HOSTING},       {STR("datacenter"), ADDRESS_HOSTING},
    {STR("datacentre"), ADDRESS_HOSTING},  {STR("data center"), ADDRESS_HOSTING},
    {STR("data centre"), ADDRESS_HOSTING}, {STR("server"), ADDRESS_HOSTING},
    {STR("servers"), ADDRESS_HOSTING},     {STR("colocation"), ADDRESS_HOSTING},
    {STR("colo"), ADDRESS_HOSTING},        {STR("vpn"), ADDRESS_HOSTING},
    {STR("mobile"), ADDRESS_MOBILE},       {STR("cellular"), ADDRESS_MOBILE},
    {STR("gsm"), ADDRESS_MOBILE},          {STR("mobil"), ADDRESS_MOBILE},
    {STR("movil"), ADDRESS_MOBILE},        {STR("moviles"), ADDRESS_MOBILE},
    {STR("celular"), ADDRESS_MOBILE},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0x80;
}

static bool has_word(struct str text, struct str word)
{
    for (size_t i = 0; i + word.len <= text.len; i++) {
        bool is_start = i == 0 || !is_letter(text.at[i - 1]);
        bool is_end = i + word.len == text.len || !is_letter(text.at[i + word.len]);
        if (is_start && is_end && str_equal_fold(str_of(text.at + i, word.len), word))
            return true;
    }
    return false;
}

enum address_class address_class_of_name(struct str organisation)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (has_word(organisation, words[i].word))
            return words[i].class;
    return ADDRESS_UNKNOWN;
}
