#include "render/nftables.h"
