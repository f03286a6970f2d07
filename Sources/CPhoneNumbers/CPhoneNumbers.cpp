extern "C" int cphone_placeholder(void){return 0;}
