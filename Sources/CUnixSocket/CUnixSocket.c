int cunix_placeholder(void){return 0;}
